/** Requests to an operation of an OpenAPI document: as it wants them, and as it does not. */

import { isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from './openapi-document.ts';
import { arbitraryOf } from './schema-arbitrary.ts';

export interface FuzzedRequest {
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

/** Over the 1 MiB that is taken. */
const OVERSIZE = 1_048_576 + 1;
const MAX_DEPTH = 5_000;

/** Text where a parameter is expected. */
const nastyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 10 }).map((text) => text.toWellFormed()),
  fc.constantFrom(
    ...['', ' ', 'null', 'true', 'NaN', 'Infinity', '-1', '1e999', '0x10', '9'.repeat(30), '1.5'],
    ...['[]', '{}', "' OR 1=1 --", '../../etc/passwd', '%00', '\u0000', '\u202e', '💥', '٣'],
    ...['2026-02-30T00:00:00Z', '2026-02-10', '+275760-09-13T00:00:00Z', 'x'.repeat(5_000)],
  ),
);

/** JSON where a part of a body is expected. */
const nastyJson = fc.oneof(
  fc.jsonValue(),
  nastyText,
  fc.constantFrom(null, [], {}, -1, 1e308, Number.MIN_SAFE_INTEGER, [[]], { $ne: null }),
);

const nastyBody: Arbitrary<string> = fc.oneof(
  nastyJson.map((value) => JSON.stringify(value)),
  fc.constantFrom(
    ...['', '{', '{"a":1,}', 'name=x', '{"name":"\\ud800"}', '{"__proto__":{"admin":true}}'],
    ...['{"name":"a","name":"b"}', '{"constructor":{"prototype":{}}}', '\ufeff{}', 'NaN'],
    ...['['.repeat(MAX_DEPTH), `${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`],
  ),
);

const contentTypes = fc.constantFrom(
  ...['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'application/jsonp'],
  ...['application/x-www-form-urlencoded', 'application/json; charset=utf-16', 'nonsense', ''],
);

/**
 * @param path - with parameters as `{bot_id}`
 * @param known - values by which parameters of a path find something
 */
export function fuzzedRequests(
  path: string,
  operation: Operation,
  known: Readonly<Record<string, string>>,
): Arbitrary<FuzzedRequest> {
  const parameters = (operation.parameters ?? []).filter(isRecord);
  const named = (place: string) => parameters.filter((one) => one.in === place);
  const segmentOf = new Map(
    named('path').map(({ name, schema }) => [`${name}`, segments(schema, known[`${name}`])]),
  );
  const paths = fc.tuple(...segmentOf.values()).map((texts) => {
    const names = [...segmentOf.keys()];
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(texts[names.indexOf(name)] ?? ''),
    );
  });
  const wanted = fc.tuple(...named('query').map((one) => wantedPairs(one)));
  const unwanted = fc.tuple(...named('query').map((one) => unwantedPairs(one)), strangePairs());
  const queries = fc
    .oneof({ weight: 2, arbitrary: wanted }, { weight: 1, arbitrary: unwanted })
    .map((pairs) => pairs.flat().map(([name, text]) => `${name}=${encodeURIComponent(text)}`));
  return fc
    .record({ path: paths, query: queries, sent: bodies(operation) })
    .map(({ path: target, query, sent }) => ({
      path: query.length === 0 ? target : `${target}?${query.join('&')}`,
      ...sent,
    }));
}

/** Never a dot alone, which is another path. */
function segments(schema: unknown, known = 'nothing'): Arbitrary<string> {
  const any = fc.oneof(arbitraryOf(schema).map(String), nastyText);
  return fc
    .oneof({ weight: 3, arbitrary: fc.constant(known) }, { weight: 1, arbitrary: any })
    .filter((text) => text !== '' && !/^\.+$/.test(text));
}

type Pair = readonly [name: string, text: string];

/** Cursors are made by answers only: any other is refused. */
function wantedPairs({ name, schema, required }: SchemaRecord): Arbitrary<readonly Pair[]> {
  const one = pair(name, arbitraryOf(schema)).map((only) => [only]);
  const weight = name === 'cursor' || name === 'last_event_id' ? 20 : 2;
  if (required === true) return one;
  return fc.oneof({ weight, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: one });
}

/** None, a bad one, or two of the same name. */
function unwantedPairs({ name, schema }: SchemaRecord): Arbitrary<readonly Pair[]> {
  const valid = pair(name, arbitraryOf(schema));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: pair(name, nastyText).map((one) => [one]) },
    { weight: 1, arbitrary: fc.tuple(valid, valid) },
  );
}

function pair(name: unknown, values: Arbitrary<unknown>): Arbitrary<Pair> {
  return values.map((value) => [`${name}`, `${value}`.toWellFormed()] as const);
}

function strangePairs(): Arbitrary<readonly Pair[]> {
  const strange = fc.constantFrom('unheard_of', '__proto__', 'constructor', '[]');
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: strange.map((name) => [[name, '1'] as const]) },
  );
}

type Sent = Pick<FuzzedRequest, 'contentType' | 'body'>;

function bodies({ requestBody }: Operation): Arbitrary<Sent> {
  if (!isRecord(requestBody)) return fc.constant({});
  const json = (arbitrary: Arbitrary<string>): Arbitrary<Sent> =>
    arbitrary.map((body) => ({ contentType: 'application/json', body }));
  const valid = arbitraryOf(schemaOf(requestBody));
  const text = valid.map((value) => JSON.stringify(value));
  return fc.oneof(
    { weight: 80, arbitrary: json(text) },
    { weight: 40, arbitrary: json(fc.tuple(valid, nastyJson, fc.nat()).map(withOneWrong)) },
    { weight: 20, arbitrary: json(nastyBody) },
    {
      weight: 10,
      arbitrary: fc.record({ contentType: contentTypes, body: fc.oneof(text, nastyBody) }),
    },
    { weight: 10, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: json(fc.constant(`{"name":"${'x'.repeat(OVERSIZE)}"}`)) },
  );
}

/** One member is another thing, or there is one too many. */
function withOneWrong([value, wrong, at]: [unknown, unknown, number]): string {
  if (!isRecord(value)) return JSON.stringify(wrong);
  const names = [...Object.keys(value), 'unheard_of'];
  return JSON.stringify({ ...value, [names[at % names.length] ?? 'unheard_of']: wrong });
}

export function schemaOf(part: SchemaRecord, type = 'application/json'): unknown {
  const media = isRecord(part.content) ? part.content[type] : undefined;
  return isRecord(media) ? media.schema : undefined;
}
