/**
 * Who sent a request: the one place where its address comes from, for events, limits and the audit.
 * Fastify's `request.ip` is what the header says, with ports, brackets and capitals.
 */
import { BlockList } from 'node:net';
import { networkOf, normalIpAddress } from '@hookpulse/common/values/ip-address';
import type { FastifyRequest } from 'fastify';
import type { TrustProxy } from '../config/address-formats.ts';

/** What `request.ip` asks about each address; `hop` 0 is the peer of the connection. */
type TrustFunction = (address: string, hop: number) => boolean;

/** All senders without an address count as one. */
const NO_ADDRESS = 'none';

/** As `normalIpAddress` gives it. Null when the header of a trusted proxy names none. */
export function clientAddress(request: Pick<FastifyRequest, 'ip'>): string | null {
  return normalIpAddress(request.ip);
}

/** What limits count by: the IPv4 address, or the IPv6 network of /64. */
export function clientKey(request: Pick<FastifyRequest, 'ip'>): string {
  const address = clientAddress(request);
  return address === null ? NO_ADDRESS : networkOf(address);
}

/** For Fastify's option `trustProxy`, which knows neither ports nor, any more, numbers of hops. */
export function trustFunction(trustProxy: TrustProxy): boolean | TrustFunction {
  if (typeof trustProxy === 'boolean') return trustProxy;
  if (typeof trustProxy === 'number') return (_address, hop) => hop < trustProxy;
  const proxies = new BlockList();
  for (const range of trustProxy) addRange(proxies, range);
  return (text) => {
    const address = normalIpAddress(text);
    return address !== null && proxies.check(address, familyOf(address));
  };
}

function addRange(proxies: BlockList, range: string): void {
  const [text = '', prefix] = range.split('/');
  if (prefix === undefined) {
    const address = normalIpAddress(text) ?? text;
    proxies.addAddress(address, familyOf(address));
  } else {
    proxies.addSubnet(text, Number(prefix), familyOf(text));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4';
}
