/**
 * What the OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) says beyond the routes' schemas:
 * who may ask, examples, and the answers of everything in front of a route. `@fastify/swagger` makes the
 * document.
 */
import type { RouteAccess } from '@hookpulse/api/access';
import { exampleOf, isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import { answerHeaders, commonAnswers, errorAnswer, statusMeaning } from './openapi-answers.ts';

/** A route, with as much of its schema as it has. */
export interface DocumentedRoute {
  /** In capitals. */
  readonly method: string;
  /** With parameters as `:bot_id`. */
  readonly path: string;
  readonly access: RouteAccess;
  readonly hasOptionalBody: boolean;
  /** Whether its answers carry an `ETag`. */
  readonly hasEntityTag: boolean;
  readonly schema: SchemaRecord;
}

/** In the order in which they are shown. */
export const TAGS: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'health', description: 'Health of the fleet and of each bot' },
  { name: 'bots', description: 'Registered bots' },
  { name: 'events', description: 'Events, stored and live' },
  { name: 'errors', description: 'Errors by group, and what they come down to' },
  { name: 'annotations', description: 'Notes on the time line, such as deployments' },
  { name: 'updates', description: 'Updates themselves, and delivering them again' },
  { name: 'metrics', description: 'Counts and percentiles by minute, hour or day' },
  { name: 'alerts', description: 'Alerts, silences and alert settings' },
  {
    name: 'status pages',
    description: 'Pages that show people without a token how bots are doing',
  },
  { name: 'saved views', description: 'Dashboard pages saved under a name' },
  { name: 'access', description: 'Browser sign-in, sessions and named tokens' },
  { name: 'administration', description: 'Maintenance of the stored data, and the audit' },
  { name: 'documentation', description: 'This document' },
  { name: 'probes', description: 'Probes for orchestrators, metrics for Prometheus' },
];

/** What each route's `security` refers to. */
export const SECURITY_SCHEMES = {
  token: {
    type: 'http',
    scheme: 'bearer',
    description:
      'READ_TOKEN may read, ADMIN_TOKEN may do everything; a named token may do what its scope allows, for all bots or for some',
  },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'hookpulse_session_8081',
    description:
      'Set by POST /api/session. Its name contains the port, and over HTTPS the prefix __Host-. Writes are accepted only from pages of the same origin',
  },
} as const;

/** Fields that a route's schema has in the document, in place of its own. */
export interface DescribedSchema {
  readonly operationId: string;
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly params?: SchemaRecord;
  readonly body?: SchemaRecord;
  readonly response: SchemaRecord;
}

const JSON_TYPE = 'application/json';

/** @param errorSchema - of every error: it stands once in the document, and answers refer to it */
export function describedSchema(route: DocumentedRoute, errorSchema: unknown): DescribedSchema {
  const { method, path, access, schema } = route;
  const { params, body } = schema;
  return {
    operationId: operationIdOf(method, path),
    security: securityOf(access),
    ...(isRecord(params) ? { params: withExamples(params) } : {}),
    ...(isRecord(body) ? { body: { ...body, examples: [exampleOf(body)] } } : {}),
    response: Object.fromEntries(
      ownAnswers(schema)
        .filter(([, answer]) => answer !== errorSchema)
        .map(([status, answer]) => [status, describedAnswer(status, answer, schema)]),
    ),
  };
}

/** @param operation - as it was made of the route's `describedSchema` */
export function completeOperation(
  operation: SchemaRecord,
  route: DocumentedRoute,
  errorSchema: unknown,
): SchemaRecord {
  const { requestBody } = operation;
  const made = Object.entries(isRecord(operation.responses) ? operation.responses : {});
  const errors = ownAnswers(route.schema).filter(([, answer]) => answer === errorSchema);
  return {
    ...operation,
    ...(isRecord(requestBody)
      ? { requestBody: { ...requestBody, required: !route.hasOptionalBody } }
      : {}),
    responses: {
      ...commonAnswers(route),
      ...Object.fromEntries(errors.map(([status]) => [status, errorAnswer(status)])),
      ...Object.fromEntries(
        made.map(([status, answer]) => [
          status,
          {
            ...(isRecord(answer) ? answer : {}),
            headers: answerHeaders(status, route.hasEntityTag),
          },
        ]),
      ),
    },
  };
}

/** `GET /api/bots/:bot_id` is `get_api_bots_by_bot_id`. */
function operationIdOf(method: string, path: string): string {
  const words = path.replaceAll(':', 'by_').split(/[^A-Za-z0-9_]+/);
  return [method.toLowerCase(), ...words.filter((word) => word !== '')].join('_');
}

/** An empty one: also without any. */
function securityOf(access: RouteAccess): DescribedSchema['security'] {
  const either: DescribedSchema['security'] = [{ token: [] }, { session: [] }];
  switch (access) {
    case 'public':
      return [];
    case 'open':
      return [{}, ...either];
    case 'read':
    case 'write':
    case 'admin':
      return either;
    default:
      return access satisfies never;
  }
}

/** Each parameter of a path with an example: a page can then ask without anything being typed. */
function withExamples(params: SchemaRecord): SchemaRecord {
  const properties = Object.entries(isRecord(params.properties) ? params.properties : {});
  return {
    ...params,
    properties: Object.fromEntries(
      properties.map(([name, property]) => [
        name,
        { ...(isRecord(property) ? property : {}), examples: [exampleOf(property, name)] },
      ]),
    ),
  };
}

function ownAnswers({ response }: SchemaRecord): readonly (readonly [string, unknown])[] {
  return isRecord(response) ? Object.entries(response) : [];
}

function describedAnswer(
  status: string,
  answer: unknown,
  { produces }: SchemaRecord,
): SchemaRecord {
  const said = isRecord(answer) ? answer.description : undefined;
  const description = typeof said === 'string' ? said : statusMeaning(status);
  if (isRecord(answer) && answer.type === 'null') return { type: 'null', description };
  const [type = JSON_TYPE, ...others]: readonly unknown[] = Array.isArray(produces) ? produces : [];
  // What the schema says is the first type; others are the same as text.
  const texts = others.map((one) => [one, { schema: { type: 'string' }, example: '' }]);
  const content = [[type, { schema: answer, example: exampleOf(answer) }], ...texts];
  return { description, content: Object.fromEntries(content) };
}
