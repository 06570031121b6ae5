/** Which bodies are accepted, by their headers. The handler reads the body itself. */
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { onRequestHookHandler } from 'fastify';
import { Refusal } from '../refusal.ts';

/**
 * Content codings that change the bytes (IANA, "HTTP Content Coding Registry"). Other values of the
 * header, `identity` or the name of a charset, encode nothing: the body is read as it is.
 */
const ENCODINGS = new Set([
  'aes128gcm',
  'br',
  'compress',
  'dcb',
  'dcz',
  'deflate',
  'exi',
  'gzip',
  'pack200-gzip',
  'x-compress',
  'x-gzip',
  'zstd',
]);

/** Takes these types in this plugin and no others; any other is 415. */
export function takeTypes(app: HttpApp, types: readonly string[]): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([...types], (_request, _payload, done) => done(null));
}

/** An inflated body would escape the size limit, and Telegram compresses nothing. */
export const refuseEncodings: onRequestHookHandler = ({ headers }, _reply, done) => {
  const encoding = headers['content-encoding'];
  const isEncoded = encoding?.split(',').some((name) => ENCODINGS.has(name.trim().toLowerCase()));
  if (isEncoded) {
    done(new Refusal('unsupported_type', 415, 'The body must not be compressed.'));
  } else {
    done();
  }
};
