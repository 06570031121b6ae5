/**
 * Reading bodies: bytes to text to values, refused with a sentence of their own when they are not
 * clean UTF-8 JSON. The bytes are kept beside the value, since the log gets what Telegram sent and not
 * what is left of it after parsing.
 */
import { isUtf8 } from 'node:buffer';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { badRequest, HttpError } from '@hookpulse/common/http/http-error';
import type { FastifyRequest } from 'fastify';
import { findJsonProblem } from '../domain/json-hygiene.ts';

/** A parsed JSON body. */
export class JsonBody {
  /** UTF-8, without a byte order mark. */
  readonly bytes: Buffer;
  readonly value: unknown;

  constructor(bytes: Buffer, value: unknown) {
    this.bytes = bytes;
    this.value = value;
  }
}

/** A body of JSON values, one a line, blank lines left out; a bad line is its problem. */
export class JsonLinesBody {
  readonly lines: readonly JsonReading[];

  constructor(lines: readonly JsonReading[]) {
    this.lines = lines;
  }
}

/** `problem` ends a sentence that begins with what was read: "The body …". */
export type JsonReading =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'bad'; readonly problem: string };

/** What some programs put in front of UTF-8 (RFC 8259, section 8.1: may be ignored). */
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** Gives `JsonBody` for `application/json` in this app or plugin. */
export function parseJsonBodies(app: HttpApp): void {
  const options = { parseAs: 'buffer' } as const;
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', options, (request, received, done) => {
    const bytes = cleanBytes(request, received);
    if (bytes instanceof HttpError) return done(bytes);
    const reading = readJson(bytes.toString('utf8'));
    if (reading.kind === 'bad') return done(badRequest(`The body ${reading.problem}.`));
    done(null, new JsonBody(bytes, reading.value));
  });
}

/** Gives `JsonLinesBody` for `application/x-ndjson` in this app or plugin. */
export function parseJsonLinesBodies(app: HttpApp): void {
  const types = ['application/x-ndjson', 'application/ndjson'];
  app.addContentTypeParser<Buffer>(types, { parseAs: 'buffer' }, (request, received, done) => {
    const bytes = cleanBytes(request, received);
    if (bytes instanceof HttpError) return done(bytes);
    const lines = bytes.toString('utf8').split('\n');
    done(null, new JsonLinesBody(lines.filter((line) => line.trim() !== '').map(readJson)));
  });
}

/** The body as UTF-8 without a byte order mark, or why it is none. */
function cleanBytes(request: FastifyRequest, received: Buffer): Buffer | HttpError {
  if (request.headers['content-encoding'] !== undefined) {
    return new HttpError(415, 'The body must not be compressed or otherwise encoded.');
  }
  if (!isUtf8(received)) return badRequest('The body is not valid UTF-8.');
  const hasMark = BYTE_ORDER_MARK.every((byte, index) => received[index] === byte);
  return hasMark ? received.subarray(BYTE_ORDER_MARK.length) : received;
}

function readJson(text: string): JsonReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'bad', problem: 'is not valid JSON' };
  }
  const problem = findJsonProblem(text, value);
  return problem === null ? { kind: 'json', value } : { kind: 'bad', problem };
}
