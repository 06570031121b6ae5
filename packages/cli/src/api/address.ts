/** Where services listen, as a client reaches them. */
import { isIPv6 } from 'node:net';
import type { Config } from '@hookpulse/service-kit/config/config';

/** Who listens on all addresses of a machine is reached on its own. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export type ServicePort = keyof Config['http']['ports'];

/** Completes "--url must be …". What was typed instead is not shown: it may hold a password. */
export const ADDRESS_FORM =
  'a URL like http://127.0.0.1:8081, without user name, password, query and fragment';

/** A typed address without a slash at its end; it may have a path. Null: it is of another form. */
export function plainAddress(text: string): string | null {
  // Where a password is not escaped, it begins path, query or fragment, and the `@` is in there.
  if (/[@?#]/.test(text)) return null;
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href.replace(/\/+$/, '') : null;
}

/** The origin on this machine; null when the service chooses a port of its own at every start (port 0). */
export function originOf(service: ServicePort, { host, ports }: Config['http']): string | null {
  const port = ports[service];
  if (port === 0) return null;
  const reached = ANY_ADDRESS[host] ?? host;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}
