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
 * Whether the browser came by https: a proxy in between may not say so, but the browser tells the
 * origin of the page with everything that it posts.
 */
export function cameByHttps({ protocol, headers }: FastifyRequest): boolean {
  return protocol === 'https' || headers.origin?.startsWith('https://') === true;
}
