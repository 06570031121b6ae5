/** Formats of addresses: of hosts, ports, servers and people. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { RECEIVER_FORMS, readReceiver } from '@hookpulse/common/alerts/receiver';
import {
  CREDENTIAL_ESCAPES,
  hasUnescapedCredentials,
} from '@hookpulse/common/values/url-credentials';
import { booleanText, type Format, listOf } from './format.ts';

/** RFC 1123 host name: labels of letters, digits and inner hyphens. */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i;
/** Enough of RFC 5321 to catch slips of the pen; the mail server has the last word. */
const MAIL_ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
/** `Hookpulse <hookpulse@example.com>` */
const NAMED_MAIL_ADDRESS = /^[^<>@,;:\\"\r\n]*<([^<>]+)>$/;
/** `broker-1:9092` or `[::1]:9092` */
const HOST_AND_PORT = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/;
const MAX_PORT = 65_535;

const LOOPBACK = loopbackAddresses();

/** 0 lets the system choose, for tests and several instances on one machine. */
export const port: Format<number> = {
  allowed: 'a port from 0 (any free one) to 65535',
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined),
};

export const host: Format<string> = {
  allowed: 'an IP address or a host name',
  parse: (text) => (isHost(text) ? text : undefined),
};

const broker: Format<string> = {
  allowed: 'host:port',
  parse: (text) => {
    const match = HOST_AND_PORT.exec(text);
    if (!match) return undefined;
    const [, ipv6, name, portText] = match;
    const hostIsFine = ipv6 === undefined ? name !== undefined && isHost(name) : isIPv6(ipv6);
    const portNumber = Number(portText);
    return hostIsFine && portNumber > 0 && portNumber <= MAX_PORT ? text : undefined;
  },
};
export const brokers = listOf(broker, 'host:port pairs');

export const mailAddress: Format<string> = {
  allowed: 'an e-mail address, or a name and an address as in Hookpulse <hookpulse@example.com>',
  parse: (text) => {
    const address = NAMED_MAIL_ADDRESS.exec(text)?.[1] ?? text;
    return MAIL_ADDRESS.test(address) ? text : undefined;
  },
};

const receiver: Format<string> = {
  allowed: RECEIVER_FORMS,
  parse: (text) => mailAddress.parse(text) ?? (readReceiver(text).isOk ? text : undefined),
  // What is wrong with a URL, without the URL: it may hold a secret.
  demandOf: (text) => {
    if (mailAddress.parse(text) !== undefined) return undefined;
    const result = readReceiver(text);
    return result.isOk
      ? undefined
      : `be comma-separated receivers; one of them is not ${result.problem}`;
  },
};
const receiverList = listOf(receiver, 'receivers, each a mail address or a URL');
export const receivers: Format<readonly string[]> = {
  ...receiverList,
  demandOf: (text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part) => receiver.demandOf?.(part))
      .find((demand) => demand !== undefined),
};

const ESCAPED_DEMAND = `have its user name and password escaped: ${CREDENTIAL_ESCAPES}`;

/** An absolute URL of one of the schemes, with a host. */
export function urlOf(schemes: readonly string[], example: string): Format<string> {
  const protocols = new Set(schemes.map((scheme) => `${scheme}:`));
  return {
    allowed: `a URL like ${example}`,
    demandOf: (text) => (hasUnescapedCredentials(text) ? ESCAPED_DEMAND : undefined),
    parse: (text) => {
      if (hasUnescapedCredentials(text)) return undefined;
      const url = URL.parse(text);
      return url && protocols.has(url.protocol) && url.hostname !== '' ? text : undefined;
    },
  };
}

const storeServer = urlOf(['http', 'https'], 'http://user:password@host:8123/hookpulse');

/** Of ClickHouse; the path names a database. */
export const storeUrl: Format<string> = {
  ...storeServer,
  demandOf: (text) =>
    storeServer.demandOf?.(text) ??
    (hasUnescapedPath(text) ? 'have the name of its database escaped: %25 for %' : undefined),
  parse: (text) => (hasUnescapedPath(text) ? undefined : storeServer.parse(text)),
};

function hasUnescapedPath(text: string): boolean {
  try {
    decodeURIComponent(URL.parse(text)?.pathname ?? '');
    return false;
  } catch {
    return true;
  }
}

/** Scheme, host and port of a page, as browsers send it in `Origin` (RFC 6454). */
const origin: Format<string> = {
  allowed: 'an origin like https://grafana.example.com',
  parse: (text) => {
    const url = URL.parse(text);
    const isOrigin = url?.protocol === 'http:' || url?.protocol === 'https:';
    return isOrigin && url.href === `${url.origin}/` ? url.origin : undefined;
  },
};
export const origins = listOf(origin, 'origins like https://grafana.example.com');

const proxyRange: Format<string> = {
  allowed: 'an IP address or CIDR range',
  parse: (text) => (isAddressRange(text) ? text : undefined),
};
const proxyRanges = listOf(proxyRange, 'IP addresses and CIDR ranges');

const hostPattern: Format<string> = {
  allowed: 'a host name, *.domain, an IP address or a CIDR range',
  parse: (text) => {
    const name = text.startsWith('*.') ? text.slice(2) : text;
    return isHost(name) || isAddressRange(text) ? text.toLowerCase() : undefined;
  },
};
export const hostPatterns = listOf(
  hostPattern,
  'host names, patterns such as *.example.com, IP addresses and CIDR ranges',
);

/**
 * Whose `X-Forwarded-For` is believed: nobody's, everybody's, that of this number of proxies in a row
 * (1: the one that connects to us), or that of these addresses and CIDR ranges.
 */
export type TrustProxy = boolean | number | readonly string[];

export const trustedProxies: Format<TrustProxy> = {
  allowed: `true, false, a number of proxies, or ${proxyRanges.allowed} of the proxies`,
  parse: (text) => hopsOf(text) ?? booleanText.parse(text) ?? proxyRanges.parse(text),
};

/** `1` is one proxy here, and not `true`, which would believe whatever a client writes. */
function hopsOf(text: string): number | false | undefined {
  if (!/^\d{1,2}$/.test(text)) return undefined;
  return Number(text) === 0 ? false : Number(text);
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopbackHost(address: string): boolean {
  if (address.toLowerCase() === 'localhost') return true;
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || (HOST_NAME.test(text) && !looksLikeIpv4(text));
}

/** `300.1.2.3` is a slip of the pen, though its letters would do for a host name. */
function looksLikeIpv4(text: string): boolean {
  return /^[\d.]+$/.test(text);
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
}

/** 127.0.0.0/8 (RFC 1122) and ::1 (RFC 4291); IPv4-mapped forms are checked by their IPv4 part. */
function loopbackAddresses(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  return list;
}
