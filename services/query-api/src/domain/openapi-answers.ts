/** What a route can answer beside what it says itself: the errors of everything in front of it. */

import type { SchemaRecord } from '@hookpulse/api/schema-example';
import type { DocumentedRoute } from './openapi.ts';

const ERROR_SCHEMA_REF = { $ref: '#/components/schemas/Error' } as const;

export const HEADER_COMPONENTS = {
  RequestId: {
    description: "The caller's own x-request-id where it is well-formed, else a new one",
    schema: { type: 'string' },
  },
  RetryAfter: {
    description: 'Seconds after which to try again',
    schema: { type: 'integer', minimum: 1 },
  },
  ETag: {
    description: 'Names this state of it: sent back as If-Match, a change of anything newer is 412',
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
  201: { description: 'Made', error: '' },
  202: { description: 'Taken; it is done in the background', error: '' },
  204: { description: 'Done; there is nothing to say', error: '' },
  400: {
    description: 'Something is invalid or not known; details name it, and the nearest known name',
    error: 'Invalid query parameters.',
  },
  401: {
    description: 'No token or session, or one that is not valid',
    error: 'This needs a token: send it as Authorization: Bearer <token>, or sign in.',
  },
  403: {
    description:
      'The token is of a smaller scope or for other bots, or a session was used by another page',
    error: 'This token has the scope read; what you asked for needs write.',
  },
  404: { description: 'There is no such thing', error: 'There is no bot with this bot_id.' },
  409: {
    description: 'What is there already stands in the way',
    error: 'There is a bot orders-bot already.',
  },
  412: {
    description: 'It has been changed meanwhile; current is what is in force',
    error: 'It has been changed meanwhile: see what is in force under current.',
  },
  413: { description: 'The body is over 1 MiB', error: 'The body is larger than allowed.' },
  415: {
    description: 'The content type is not application/json',
    error: 'The content type is not one that this route takes.',
  },
  429: {
    description: 'Too many requests of this address or with this token',
    error: 'Too many requests; try again in 3 s.',
  },
  500: { description: 'A mistake of ours', error: 'Something went wrong on our side.' },
  503: {
    description: 'The log or the store does not answer; trying again is right',
    error: 'The service cannot take this right now; try again later.',
  },
};

export function statusMeaning(status: string): string {
  return MEANINGS[status]?.description ?? 'An answer';
}

/** Errors that come from what stands in front of the route, or from the log that it writes to. */
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
