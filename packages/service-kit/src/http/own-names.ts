/**
 * What is open to everybody on this machine is not meant for web pages: a page whose name is made
 * to resolve to this machine ("DNS rebinding") is of the same origin for its browser and may read
 * every answer. It cannot hide its name, which is in the `Host` header.
 */
import { isIP } from 'node:net';
import { HttpError } from './http-error.ts';

/** RFC 6761, section 6.3: these and what is below them are always this machine. */
const LOOPBACK_NAME = /(^|\.)localhost\.?$/;

/**
 * Whether a request may be for one of us. An address instead of a name is: nobody else can have it.
 * @param host - the header; without one it comes from no browser
 * @param names - what we are called beside loopback names, in lower case; null: anything
 */
export function isOwnName(host: string | undefined, names: readonly string[] | null): boolean {
  if (names === null || host === undefined) return true;
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  if (isIP(name) !== 0 || name.startsWith('[') || LOOPBACK_NAME.test(name)) return true;
  return names.includes(name.replace(/\.$/, ''));
}

/** RFC 9110, section 15.5.20. */
export function misdirected(): HttpError {
  return new HttpError(
    421,
    'Unknown host name. Set PUBLIC_URL to the address that people use, or send a token.',
  );
}
