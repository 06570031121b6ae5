/**
 * Reading bodies: bytes to text to values, refused with a sentence of their own when they are not
 * clean UTF-8 JSON. The text is kept beside the value, since the log gets what Telegram sent and not
 * what is left of it after parsing.
 */
import { isUtf8 } from 'node:buffer';
import type { HttpApp } from '@hookpulse/common/http/create-http-app';
import { badRequest, HttpError } from '@hookpulse/common/http/http-error';
import type { FastifyRequest } from 'fastify';
import { findJsonProblem } from '../domain/json-hygiene.ts';

/** A parsed JSON body. */
export class JsonBody {
  readonly text: string;
  readonly value: unknown;

  constructor(text: string, value: unknown) {
    this.text = text;
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

/** What some parsers put in front of UTF-8 (RFC 8259, section 8.1: to be ignored). */
const BYTE_ORDER_MARK = '\uFEFF';

/** Gives `JsonBody` for `application/json` in this app or plugin. */
export function parseJsonBodies(app: HttpApp): void {
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const text = decode(request, bytes);
    if (text instanceof HttpError) return done(text);
    const reading = readJson(text);
    if (reading.kind === 'bad') return done(badRequest(`The body ${reading.problem}.`));
    done(null, new JsonBody(text, reading.value));
  });
}

/** Gives `JsonLinesBody` for `application/x-ndjson` in this app or plugin. */
export function parseJsonLinesBodies(app: HttpApp): void {
  const types = ['application/x-ndjson', 'application/ndjson'];
  app.addContentTypeParser(types, { parseAs: 'buffer' }, (request, bytes, done) => {
    const text = decode(request, bytes);
    if (text instanceof HttpError) return done(text);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    done(null, new JsonLinesBody(lines.map(readJson)));
  });
}

function decode(request: FastifyRequest, bytes: string | Buffer): string | HttpError {
  if (request.headers['content-encoding'] !== undefined) {
    return new HttpError(415, 'The body must not be compressed or otherwise encoded.');
  }
  if (typeof bytes === 'string') return bytes;
  if (!isUtf8(bytes)) return badRequest('The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
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
