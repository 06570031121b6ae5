/**
 * The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0) of the routes, from their own
 * schemas: TypeBox's are JSON Schema 2020-12, which 3.1 takes as they are.
 */
import type { RouteAccess } from '@hookpulse/api/access';
import { exampleOf, isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import {
  answerHeaders,
  commonAnswers,
  errorAnswer,
  HEADER_COMPONENTS,
  statusMeaning,
} from './openapi-answers.ts';

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

export interface DocumentInfo {
  readonly version: string;
  /** Where the API is reached, absolute or from the root of its host. */
  readonly serverUrl: string;
  readonly errorSchema: unknown;
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: SchemaRecord;
  readonly servers: readonly SchemaRecord[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: SchemaRecord;
}

export interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly SchemaRecord[];
  readonly parameters: readonly SchemaRecord[];
  readonly requestBody?: SchemaRecord;
  readonly responses: Readonly<Record<string, SchemaRecord>>;
}

const TAGS: Readonly<Record<string, string>> = {
  health: 'Health of the fleet and of each bot',
  events: 'Events, stored and live',
  metrics: 'Hourly counts and percentiles',
  alerts: 'Alerts, silences and alert settings',
  bots: 'Registered bots',
  access: 'Browser sign-in, sessions and named tokens',
  administration: 'Maintenance of the stored data, and the audit',
  documentation: 'This document',
  probes: 'Probes for orchestrators, metrics for Prometheus',
};

const JSON_TYPE = 'application/json';

export function openApiDocument(
  routes: readonly DocumentedRoute[],
  { version, serverUrl, errorSchema }: DocumentInfo,
): OpenApiDocument {
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operationOf(route, errorSchema);
  }
  const used = new Set(routes.flatMap(({ schema }) => tagsOf(schema)));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Hookpulse query API',
      version,
      description:
        'Health, traffic, alerts and administration of Telegram bots. A trailing slash is optional. Every answer carries `x-request-id`; every error has the same shape.',
    },
    servers: [{ url: serverUrl }],
    tags: [...used].map((name) => ({ name, description: TAGS[name] ?? name })),
    paths,
    components: {
      schemas: { Error: plain(errorSchema) },
      headers: HEADER_COMPONENTS,
      securitySchemes: {
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
      },
    },
  };
}

function operationOf(route: DocumentedRoute, errorSchema: unknown): Operation {
  const { method, path, access, schema } = route;
  const { summary, description, body } = schema;
  return {
    operationId: operationIdOf(method, path),
    tags: tagsOf(schema),
    summary: typeof summary === 'string' ? summary : '',
    ...(typeof description === 'string' ? { description } : {}),
    security: securityOf(access),
    parameters: [
      ...parametersOf(schema.params, 'path'),
      ...parametersOf(schema.querystring, 'query'),
      ...parametersOf(schema.headers, 'header'),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.hasOptionalBody,
            content: { [JSON_TYPE]: mediaOf(body) },
          },
        }),
    responses: { ...commonAnswers(route), ...answersOf(route, errorSchema) },
  };
}

/** `GET /api/bots/:bot_id` is `get_api_bots_by_bot_id`. */
function operationIdOf(method: string, path: string): string {
  const words = path.replaceAll(':', 'by_').split(/[^A-Za-z0-9_]+/);
  return [method.toLowerCase(), ...words.filter((word) => word !== '')].join('_');
}

function tagsOf({ tags }: SchemaRecord): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

/** An empty one: also without any. */
function securityOf(access: RouteAccess): readonly SchemaRecord[] {
  const either = [{ token: [] }, { session: [] }];
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

function parametersOf(schema: unknown, place: 'path' | 'query' | 'header'): SchemaRecord[] {
  if (!isRecord(schema) || !isRecord(schema.properties)) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const { description, ...rest } = plain(property);
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(typeof description === 'string' ? { description } : {}),
      schema: rest,
      ...(place === 'path' ? { example: exampleOf(property, name) } : {}),
    };
  });
}

function answersOf(
  { schema, hasEntityTag }: DocumentedRoute,
  errorSchema: unknown,
): Record<string, SchemaRecord> {
  if (!isRecord(schema.response)) return {};
  const [type = JSON_TYPE, ...others] = Array.isArray(schema.produces) ? schema.produces : [];
  // What the schema says is the first type; others are the same as text.
  const texts = Object.fromEntries(
    others.map((one) => [one, { schema: { type: 'string' }, example: '' }]),
  );
  return Object.fromEntries(
    Object.entries(schema.response).map(([status, body]) => {
      if (body === errorSchema) return [status, errorAnswer(status)];
      const described = isRecord(body) ? body.description : undefined;
      const isEmpty = isRecord(body) && body.type === 'null';
      return [
        status,
        {
          description: typeof described === 'string' ? described : statusMeaning(status),
          headers: answerHeaders(status, hasEntityTag),
          ...(isEmpty ? {} : { content: { [type]: mediaOf(body), ...texts } }),
        },
      ];
    }),
  );
}

function mediaOf(schema: unknown): SchemaRecord {
  return { schema: plain(schema), example: exampleOf(schema) };
}

/** As JSON has it: without what TypeBox keeps beside the schema. */
function plain(schema: unknown): SchemaRecord {
  const copy: unknown = JSON.parse(JSON.stringify(schema));
  return isRecord(copy) ? copy : {};
}
