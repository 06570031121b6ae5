/**
 * Routes of the API take what their schemas name, and refuse the rest with 400 and the nearest known
 * name (contract, section 6): a filter or a switch with a wrong name would be ignored in silence, and
 * a dry run be done for real.
 */

import { describeProblems, isRecord } from '@hookpulse/common/values/schema-problems';
import type { FastifyRequest, RouteOptions } from 'fastify';
import Type, { type TSchema } from 'typebox';
import type { HttpApp } from './http-app.ts';
import { badRequest } from './http-error.ts';
import { validatorCompiler } from './schema-compiler.ts';

/** Probes, pages and assets ignore a query: caches and load balancers add one of their own. */
const STRICT_PATH = /^\/api(\/|$)/;
/** Fastify reads no body of these. */
const BODILESS_METHODS: readonly string[] = ['GET', 'HEAD'];
const NOTHING = Type.Object({}, { additionalProperties: false });

/** Covers the routes under `/api` that are added afterwards, `HEAD` of a `GET` included. */
export function refuseUnknownInput(app: HttpApp): void {
  app.addHook('onRoute', (route) => {
    if (STRICT_PATH.test(route.url)) makeStrict(route);
  });
}

/** @throws TypeError when the schema of a body, or of a part of it, leaves open what else it takes */
function makeStrict(route: RouteOptions): void {
  const { querystring, body } = route.schema ?? {};
  const query = closedQuery(querystring);
  const inQuery = { names: namesOf(query), place: 'as a query parameter' };
  const inBody = { names: namesOf(body), place: 'in the body' };
  route.schema = { ...route.schema, querystring: query };
  route.validatorCompiler = validatorCompiler({ query: inBody, body: inQuery });
  if (body === undefined) {
    const refuseBody = async (request: FastifyRequest) => {
      if (hasBody(request)) throw bodyRefused(request.body, inQuery);
    };
    route.preValidation = [route.preValidation ?? [], refuseBody].flat();
  } else {
    assertClosed(body, `the body of ${route.method} ${route.url}`);
  }
}

function closedQuery(querystring: unknown): TSchema {
  if (querystring === undefined) return NOTHING;
  if (!Type.IsObject(querystring)) throw new TypeError('the query of a route must be an object');
  return Type.Object(querystring.properties, { additionalProperties: false });
}

function namesOf(schema: unknown): readonly string[] {
  return isRecord(schema) && isRecord(schema.properties) ? Object.keys(schema.properties) : [];
}

/** A schema that does not say what else it takes would take anything, and ignore it. */
function assertClosed(schema: unknown, what: string): void {
  if (!isRecord(schema)) return;
  if (isRecord(schema.properties)) {
    if (schema.additionalProperties === undefined) {
      throw new TypeError(`${what} must say additionalProperties: false`);
    }
    for (const [name, part] of Object.entries(schema.properties)) {
      assertClosed(part, `${what}: ${name}`);
    }
  }
  if (Array.isArray(schema.anyOf)) for (const form of schema.anyOf) assertClosed(form, what);
  assertClosed(schema.items, `${what}: items`);
}

function hasBody({ method, headers, body }: FastifyRequest): boolean {
  if (!BODILESS_METHODS.includes(method)) return body !== undefined;
  return (headers['content-length'] ?? '0') !== '0' || headers['transfer-encoding'] !== undefined;
}

function bodyRefused(body: unknown, elsewhere: { names: readonly string[]; place: string }) {
  const additionalProperties = isRecord(body) ? Object.keys(body) : [];
  const problem = {
    keyword: 'additionalProperties',
    instancePath: '',
    params: { additionalProperties },
  };
  const problems = describeProblems(NOTHING, [problem], { elsewhere });
  return badRequest('This route does not accept a body.', [...problems]);
}
