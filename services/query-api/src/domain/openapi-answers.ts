/** What a route can answer beside what it says itself: the errors of everything in front of it. */

import type { SchemaRecord } from '@hookpulse/api/schema-example';
import type { DocumentedRoute } from './openapi.ts';

const ERROR_SCHEMA_REF = { $ref: '#/components/schemas/Error' } as const;

export const HEADER_COMPONENTS = {
  RequestId: {
    description: 'The x-request-id of the request if it is well-formed, otherwise a new one',
    schema: { type: 'string' },
  },
  RetryAfter: {
    description: 'Seconds to wait before the next attempt',
    schema: { type: 'integer', minimum: 1 },
  },
  ETag: {
    description:
      'Version of the resource. Send it as If-Match: a write to any other version answers 412',
    schema: { type: 'string' },
  },
  WwwAuthenticate: { description: 'Always Bearer', schema: { type: 'string' } },
} as const;

interface Meaning {
  readonly description: string;
  /** A sentence as it is answered. */
  readonly error: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  200: { description: 'Done', error: '' },
  201: { description: 'Created', error: '' },
  202: { description: 'Accepted; it runs in the background', error: '' },
  204: { description: 'Done; the answer has no body', error: '' },
  400: {
    description:
      'Invalid request; details name each problem, and for an unknown name the nearest known one',
    error: 'Invalid query parameters.',
  },
  401: {
    description: 'Missing or invalid token or session',
    error: 'Authentication required. Send a token as Authorization: Bearer <token>, or sign in.',
  },
  403: {
    description:
      'The scope of the token is too small, the token is for other bots, or the session was used from another origin',
    error: 'This token has the scope read; this request requires write.',
  },
  404: { description: 'Not found', error: 'There is no bot with this bot_id.' },
  409: {
    description: 'Conflict with what already exists',
    error: 'A bot with the bot_id orders-bot already exists.',
  },
  412: {
    description: 'It has changed since it was read; current holds the current version',
    error: 'It has changed since you read it. The field current holds the current version.',
  },
  413: { description: 'The body is over 1 MiB', error: 'The body is too large.' },
  415: {
    description: 'The content type is not application/json',
    error: 'Unsupported content type. Send application/json.',
  },
  429: {
    description: 'Too many requests from this address or with this token',
    error: 'Too many requests; try again in 3 s.',
  },
  500: { description: 'Internal error', error: 'Internal error. Details are in the service log.' },
  503: {
    description: 'The log or the store does not answer; try again later',
    error: 'The service is unavailable. Try again later.',
  },
};

export function statusMeaning(status: string): string {
  return MEANINGS[status]?.description ?? 'Response';
}

/** Errors of the guards in front of the route, or of the log that it writes to. */
export function commonAnswers({ access, schema }: DocumentedRoute): Record<string, SchemaRecord> {
  const isProbe = Array.isArray(schema.tags) && schema.tags.includes('probes');
  const hasBody = schema.body !== undefined;
  const statuses = [
    // Also of a route without input: it refuses what it does not know.
    ...(isProbe ? [] : ['400']),
    ...(access === 'public' ? [] : ['401']),
    ...(access === 'write' || access === 'admin' ? ['403', '503'] : []),
    ...(hasBody ? ['413', '415'] : []),
    ...(isProbe ? [] : ['429']),
    '500',
  ];
  return Object.fromEntries(statuses.map((status) => [status, errorAnswer(status)]));
}

/** Headers of an answer, by its status. */
export function answerHeaders(status: string, hasEntityTag = false): SchemaRecord {
  return {
    'x-request-id': headerRef('RequestId'),
    ...(hasEntityTag || status === '412' ? { etag: headerRef('ETag') } : {}),
    ...(status === '429' || status === '503' ? { 'retry-after': headerRef('RetryAfter') } : {}),
    ...(status === '401' ? { 'www-authenticate': headerRef('WwwAuthenticate') } : {}),
  };
}

/** An error in its one shape. */
export function errorAnswer(status: string): SchemaRecord {
  const example = { status: 'error', error: MEANINGS[status]?.error ?? '', details: [] };
  return {
    description: statusMeaning(status),
    headers: answerHeaders(status),
    content: { 'application/json': { schema: ERROR_SCHEMA_REF, example } },
  };
}

function headerRef(name: keyof typeof HEADER_COMPONENTS): SchemaRecord {
  return { $ref: `#/components/headers/${name}` };
}
