/** Where services listen, as a client on this machine reaches them. */
import { isIPv6 } from 'node:net';
import type { Config } from '@hookpulse/service-kit/config/config';

/** Who listens on all addresses of a machine is reached on its own. */
const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

export type ServicePort = keyof Config['http']['ports'];

/** The origin; null when the service chooses a port of its own at every start (port 0). */
export function originOf(service: ServicePort, { host, ports }: Config['http']): string | null {
  const port = ports[service];
  if (port === 0) return null;
  const reached = ANY_ADDRESS[host] ?? host;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}
