/** Readers of public topics: what was written by any version so far is read by today's schemas. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { PUBLIC_TOPICS, type PublicTopic } from './public-topics.ts';
import { schemaChanges } from './schema-changes.ts';
import type { SchemaRecord } from './schema-example.ts';

/**
 * A folder for each version whose schemas differ from those before it: `v1`, `v2`, … They are never
 * changed. A change of the schemas adds one.
 */
const SAMPLES = join(import.meta.dirname, '..', 'samples');

interface Samples {
  readonly payload: SchemaRecord;
  readonly headers: SchemaRecord;
  readonly records: readonly { readonly headers: unknown; readonly value: unknown }[];
}

describe.each(readdirSync(SAMPLES))('records of %s', (version) => {
  const files = readdirSync(join(SAMPLES, version));

  test('are of topics that are public still', () => {
    const topics = files.map((file) => file.replace(/\.json$/, ''));
    expect(Object.keys(PUBLIC_TOPICS)).toEqual(expect.arrayContaining(topics));
  });

  test.each(files)('%s: today’s schemas read them, and have only added fields', (file) => {
    const samples: Samples = JSON.parse(readFileSync(join(SAMPLES, version, file), 'utf8'));
    const { payload, headers } = topicOf(file.replace(/\.json$/, ''));
    const [readsValue, readsHeaders] = [Compile(payload), Compile(headers)];
    for (const record of samples.records) {
      expect([...readsValue.Errors(record.value)]).toEqual([]);
      expect([...readsHeaders.Errors(record.headers)]).toEqual([]);
    }
    expect(schemaChanges(samples.payload, plain(payload))).toEqual([]);
    expect(schemaChanges(samples.headers, plain(headers))).toEqual([]);
  });
});

test('every public topic has samples of the newest version', () => {
  const newest = readdirSync(SAMPLES).at(-1) ?? '';
  const files = readdirSync(join(SAMPLES, newest));
  expect(files.toSorted()).toEqual(
    Object.keys(PUBLIC_TOPICS)
      .map((topic) => `${topic}.json`)
      .toSorted(),
  );
});

describe('a change of a schema', () => {
  const before = Type.Object({
    id: Type.String(),
    kind: Type.Enum(['a', 'b']),
    note: Type.Union([Type.Object({ text: Type.String() }), Type.Null()]),
    list: Type.Array(Type.Object({ id: Type.Integer() })),
  });

  test('that adds a field or a value is none for readers', () => {
    const { kind, ...others } = before.properties;
    const after = Type.Object({ ...others, kind: Type.Enum(['a', 'b', 'c']), more: Type.String() });
    expect(kind).toBeDefined();
    expect(schemaChanges(plain(before), plain(after))).toEqual([]);
  });

  test.each([
    ['removes a field', { id: undefined }, 'value.id was removed'],
    ['changes a type', { id: Type.Integer() }, 'value.id was of type string and is integer'],
    ['lets a field be missing', { id: Type.Optional(Type.String()) }, 'value.id may be missing'],
    ['removes a value', { kind: Type.Enum(['a']) }, 'value.kind is never b any more'],
    [
      'adds null',
      { id: Type.Union([Type.String(), Type.Null()]) },
      'value.id was of type string and is undefined',
    ],
    [
      'changes what is within',
      { list: Type.Array(Type.Object({ id: Type.String() })) },
      'value.list[].id was of type integer and is string',
    ],
    [
      'changes a form of several',
      { note: Type.Union([Type.Object({}), Type.Null()]) },
      'value.note.text was removed',
    ],
  ])('that %s is told', (_what, change, told) => {
    const properties = Object.entries({ ...before.properties, ...change });
    const after = Type.Object(
      Object.fromEntries(properties.flatMap(([name, one]) => (one ? [[name, one]] : []))),
    );
    expect(schemaChanges(plain(before), plain(after))).toEqual([told]);
  });
});

function topicOf(name: string): PublicTopic {
  const topic = PUBLIC_TOPICS[name];
  if (!topic) throw new Error(`${name} is not public`);
  return topic;
}

/** As it stands in a document. */
function plain(schema: unknown): SchemaRecord {
  return JSON.parse(JSON.stringify(schema));
}
