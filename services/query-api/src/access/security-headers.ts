/** What every answer tells browsers to do and not to do with it. */
import type { onRequestHookHandler } from 'fastify';

/**
 * A single-page app from this origin works; nothing is loaded from or sent anywhere else. Styles may
 * be inline, as libraries that draw set them on elements; scripts may not.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** Half a year; a browser that was here by https comes by https. */
const STRICT_TRANSPORT_SECURITY = 'max-age=15552000';

export const setSecurityHeaders: onRequestHookHandler = (request, reply, done) => {
  reply.headers(HEADERS);
  if (request.protocol === 'https') {
    reply.header('strict-transport-security', STRICT_TRANSPORT_SECURITY);
  }
  done();
};
