/** IP addresses of clients, as they are kept in `ip_address`. */
import { IsIPv4, IsIPv6 } from 'typebox/format';

/** How a socket that listens on IPv6 shows an IPv4 peer (RFC 4291, section 2.5.5.2). */
const IPV4_MAPPED_PREFIX = '::ffff:';

export function isIpAddress(text: string): boolean {
  return IsIPv4(text) || IsIPv6(text);
}

/**
 * The address in its own family. Null when it is none, as a forwarded header may say anything, and
 * when there is none: a connection that its peer has closed does not know its address any more.
 */
export function normalIpAddress(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (text.startsWith(IPV4_MAPPED_PREFIX)) {
    const ipv4 = text.slice(IPV4_MAPPED_PREFIX.length);
    if (IsIPv4(ipv4)) return ipv4;
  }
  return isIpAddress(text) ? text : null;
}
