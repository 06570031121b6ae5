/** IP addresses: one normal form for however sockets, proxies and reports write them. */
import { IsIPv4, IsIPv6 } from 'typebox/format';

const PORT = String.raw`:\d{1,5}`;
/** `203.0.113.7:51008` */
const IPV4_WITH_PORT = new RegExp(`^([\\d.]+)${PORT}$`);
/** `[2001:db8::7]` or `[2001:db8::7]:51008` */
const IPV6_IN_BRACKETS = new RegExp(`^\\[(.+)\\](?:${PORT})?$`);
/** A zone (RFC 4007, section 11) names an interface of this machine only: `fe80::1%eth0`. */
const ZONE = /%[^%]+$/;
/** IPv4 as an IPv6 address (RFC 4291, section 2.5.5.2), as `URL` writes it. */
const IPV4_MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** Whoever has IPv6 has at least a /64 of it (RFC 6177), and could come from another address each time. */
const IPV6_NETWORK_GROUPS = 4;
const IPV6_GROUPS = 8;

/**
 * The address alone: without port, brackets and zone, an IPv4-mapped one as IPv4, IPv6 as RFC 5952
 * writes it. Null when it is no address, and for undefined: a connection that its peer has closed
 * does not know its address any more.
 */
export function normalIpAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (IsIPv4(text)) return text;
  const trimmed = text.trim();
  const ipv4 = IPV4_WITH_PORT.exec(trimmed)?.[1] ?? trimmed;
  if (IsIPv4(ipv4)) return ipv4;
  return normalIpv6((IPV6_IN_BRACKETS.exec(trimmed)?.[1] ?? trimmed).replace(ZONE, ''));
}

/** The network that counts as one sender. @param address - as `normalIpAddress` gives it */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : IPV6_GROUPS - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups.slice(0, IPV6_NETWORK_GROUPS).join(':');
}

function normalIpv6(text: string): string | null {
  if (!IsIPv6(text)) return null;
  // The URL parser writes IPv6 as RFC 5952 does (https://url.spec.whatwg.org/#concept-ipv6-serializer).
  const address = URL.parse(`http://[${text}]`)?.hostname.slice(1, -1) ?? null;
  const mapped = address === null ? null : IPV4_MAPPED.exec(address);
  if (!mapped) return address;
  return [mapped[1], mapped[2]].flatMap(bytesOf).join('.');
}

/** Two bytes of a group in hexadecimal. */
function bytesOf(group = '0'): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}

function groupsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
