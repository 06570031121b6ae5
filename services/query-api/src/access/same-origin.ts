/** Does a request come from a page of ours? Browsers send the headers; scripts cannot set them. */
import type { FastifyRequest } from 'fastify';

/**
 * By `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), or by `Origin` where an old browser
 * does not send that. False when neither tells.
 */
export function isFromSameOrigin({ headers, host }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin } = headers;
  return origin !== undefined && URL.parse(origin)?.host === host;
}

/**
 * Whether the browser came by HTTPS. A proxy in between may not say so, but the browser names the origin
 * of the page with everything that it posts.
 * @param otherwise - what holds where neither tells
 */
export function cameByHttps({ protocol, headers }: FastifyRequest, otherwise: boolean): boolean {
  if (protocol === 'https') return true;
  const scheme = headers.origin === undefined ? undefined : URL.parse(headers.origin)?.protocol;
  return scheme === undefined ? otherwise : scheme === 'https:';
}
