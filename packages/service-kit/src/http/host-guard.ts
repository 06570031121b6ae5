/**
 * To which hosts updates may be forwarded, and notifications be sent. Addresses are checked where the connection is made, after the
 * name was resolved: a name that is checked before may lead elsewhere a moment later.
 */
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';
import { normalIpAddress } from '@hookpulse/common/values/ip-address';
import { type Lookup, systemLookups } from './shared-lookups.ts';

/** A host is one to which nothing may be sent. */
export class HostRefusedError extends Error {
  override readonly name = 'HostRefusedError';
}

export interface HostGuard {
  /** @throws HostRefusedError @param host - of a URL; IPv6 in brackets */
  assertAllowed(host: string): void;
  /** Resolves a name; fails with HostRefusedError when one of its addresses may not be used. */
  readonly lookup: LookupFunction;
}

/** The metadata of clouds, which give credentials to any client inside the network, and link-local networks. */
const REFUSED = blockListOf([
  '169.254.0.0/16',
  'fe80::/10',
  'fd00:ec2::254/128', // Amazon
  'fd20:ce::254/128', // Google
  '100.100.100.200/32', // Alibaba
  '192.0.0.192/32', // Oracle
  '168.63.129.16/32', // Azure
]);
/** IPv4 within IPv6 by translation (RFC 6052); the mapped form is `normalIpAddress`'s. */
const NAT64 = /^64:ff9b::(?:([\da-f]{1,4}):)?([\da-f]{1,4})$/;
/** Other forms of it: IPv4-compatible, RFC 2765, local-use translation (RFC 8215), and 6to4. */
const OTHER_IPV4 =
  /^(?:::|::ffff:0:|64:ff9b:1::)([\da-f]{1,4}):([\da-f]{1,4})$|^2002:([\da-f]{1,4}):([\da-f]{1,4}):/;

/**
 * Networks that are nobody's on the internet (RFC 6890), loopback and multicast included, and those that
 * lead to IPv4 by translators and tunnels of this network.
 */
const PRIVATE = blockListOf([
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/96', '::ffff:0:0:0/96', '64:ff9b:1::/48', '2001::/32', '2002::/16'],
  ...['fc00::/7', 'fec0::/10', 'ff00::/8'],
]);

/**
 * For updates that are forwarded.
 * @param allowed - host names, `*.domain`, addresses and CIDR ranges; none: all but refused ones
 * @param lookup - default: the system's, shared in this process
 */
export function createHostGuard(
  allowed: readonly string[],
  lookup: Lookup = systemLookups.lookup,
): HostGuard {
  const rule = (address: string, isListed: boolean): string | null =>
    allowed.length === 0 || isListed ? null : `FORWARD_ALLOWED_HOSTS does not allow ${address}`;
  return guardOf(allowed, 'updates may not be forwarded to', rule, lookup);
}

/**
 * For notifications, whose receivers are set by whoever may write: they go to the internet.
 * @param allowed - of private networks, as above  @param lookup - default: the system's, shared in this process
 */
export function createPublicHostGuard(
  allowed: readonly string[],
  lookup: Lookup = systemLookups.lookup,
): HostGuard {
  const rule = (address: string, isListed: boolean): string | null =>
    isListed || !isWithin(PRIVATE, address)
      ? null
      : `${address} is in a private network: add it, or its name, to ALERT_ALLOWED_HOSTS`;
  return guardOf(allowed, 'notifications may not be sent to', rule, lookup);
}

/** @param rule - why an address may not be used; null: it may  @param never - of what is always refused */
function guardOf(
  allowed: readonly string[],
  never: string,
  rule: (address: string, isListed: boolean) => string | null,
  lookup: Lookup,
): HostGuard {
  const names = allowed.filter((pattern) => isIP(pattern.split('/')[0] ?? '') === 0);
  const ranges = blockListOf(allowed.filter((pattern) => !names.includes(pattern)));
  const isNameAllowed = (host: string) => names.some((pattern) => matchesName(host, pattern));

  const assertAddress = (address: string, isNamed: boolean): void => {
    const plain = plainAddress(address);
    if (plain === null || [plain, ...otherIpv4(plain)].some((one) => isWithin(REFUSED, one))) {
      throw new HostRefusedError(`${never} ${address}`);
    }
    const problem = rule(plain, isNamed || isWithin(ranges, plain));
    if (problem !== null) throw new HostRefusedError(problem);
  };

  return {
    assertAllowed(host) {
      const name = host.replace(/^\[|\]$/g, '').toLowerCase();
      if (isIP(name) !== 0) assertAddress(name, false);
    },
    lookup(hostname, options, callback) {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const [first] = addresses;
        try {
          const isNamed = isNameAllowed(hostname.toLowerCase());
          for (const { address } of addresses) assertAddress(address, isNamed);
          if (!first) throw new HostRefusedError(`${hostname} has no address`);
        } catch (refusal) {
          if (!(refusal instanceof HostRefusedError)) throw refusal;
          return callback(refusal, '', 0);
        }
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      });
    },
  };
}

function matchesName(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function plainAddress(address: string): string | null {
  const normal = normalIpAddress(address);
  const [, high = '0', low] = NAT64.exec(normal ?? '') ?? [];
  return low === undefined ? normal : ipv4Of(high, low);
}

/** The IPv4 address in one of the forms that are seldom used; none: it has no such form. */
function otherIpv4(address: string): readonly string[] {
  const [high, low] = OTHER_IPV4.exec(address)?.slice(1).filter(Boolean) ?? [];
  return high === undefined || low === undefined ? [] : [ipv4Of(high, low)];
}

function ipv4Of(high: string, low: string): string {
  const bytes = [high, low].map((group) => Number.parseInt(group, 16));
  return bytes.flatMap((value) => [value >> 8, value & 0xff]).join('.');
}

function isWithin(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function blockListOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
