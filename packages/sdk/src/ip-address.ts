/** IP addresses as ingest takes them: the same forms, without what Node.js alone has. */

/** `203.0.113.7` or `203.0.113.7:51008` */
const IPV4 = /^(\d+(?:\.\d+){3})(?::\d{1,5})?$/;
/** `[2001:db8::7]` or `[2001:db8::7]:51008` */
const IN_BRACKETS = /^\[(.+)\](?::\d{1,5})?$/;
/** With or without a zone, which names an interface of this machine only: `fe80::1%eth0`. */
const IPV6 = /^([\da-f:.]+)(?:%[^%]+)?$/i;
/** IPv4 as an IPv6 address, as `URL` writes it. */
const IPV4_MAPPED = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** The address alone, in its normal form. Null: it is none, and ingest would reject the event. */
export function normalIpAddress(text: string): string | null {
  const trimmed = text.trim();
  const ipv4 = IPV4.exec(trimmed)?.[1];
  // `URL` rewrites other forms, such as octal numbers: an address that it changes is not one for ingest.
  if (ipv4 !== undefined) return hostnameOf(ipv4) === ipv4 ? ipv4 : null;
  const ipv6 = IPV6.exec(IN_BRACKETS.exec(trimmed)?.[1] ?? trimmed)?.[1];
  if (ipv6 === undefined) return null;
  const address = hostnameOf(`[${ipv6}]`)?.slice(1, -1) ?? null;
  const mapped = IPV4_MAPPED.exec(address ?? '');
  return mapped ? [mapped[1], mapped[2]].flatMap(bytesOf).join('.') : address;
}

function hostnameOf(host: string): string | null {
  return URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : null;
}

/** Two bytes of a group in hexadecimal. */
function bytesOf(group = '0'): readonly number[] {
  const value = Number.parseInt(group, 16);
  return [value >> 8, value & 0xff];
}
