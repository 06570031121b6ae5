import { describe, expect, test } from '@jest/globals';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { describeProblems } from './schema-problems.ts';

const Tags = Type.Array(Type.String({ description: 'a tag' }));
const schema = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 9, description: 'from 1 to 9' })),
    name: Type.String(),
    nested: Type.Optional(Type.Array(Type.Object({ on: Type.Boolean() }))),
    maybe: Type.Optional(
      Type.Union([
        Type.Object(
          { size: Type.Number({ description: 'a number' }), tags: Type.Optional(Tags) },
          { additionalProperties: false },
        ),
        Type.Null(),
      ]),
    ),
  },
  { additionalProperties: false, description: 'a JSON object' },
);
const validator = Compile(schema);

function messages(value: unknown): string[] {
  return describeProblems(schema, validator.Errors(value)).map(({ message }) => message);
}

describe('describeProblems', () => {
  test.each([
    ['the schema’s own words', { name: 'a', limit: 12 }, ['limit must be from 1 to 9']],
    ['the validator’s words without any', { name: 3 }, ['name must be string']],
    ['a missing field', {}, ['name is required']],
    ['a wrong value as a whole', 'text', ['it must be a JSON object']],
    ['a nested field', { name: 'a', nested: [{ on: 1 }] }, ['nested.0.on must be boolean']],
    [
      'a field within one of two forms',
      { name: 'a', maybe: { size: 'x' } },
      ['maybe.size must be a number'],
    ],
    ['an item', { name: 'a', maybe: { size: 1, tags: [2] } }, ['maybe.tags.0 must be a tag']],
    [
      'an unknown field within',
      { name: 'a', maybe: { size: 1, tag: 1 } },
      ['Unknown field "maybe.tag". Did you mean "maybe.tags"?'],
    ],
    [
      'an unknown field, once',
      { name: 'a', x: 1 },
      ['Unknown field "x". Known: limit, name, nested, maybe'],
    ],
    [
      'an unknown field by the nearest name',
      { name: 'a', Limits: 1 },
      ['Unknown field "Limits". Did you mean "limit"?'],
    ],
    ['a name that is not plain', { name: 'a', 'a/b"': 1 }, [expect.stringContaining('"a/b\\""')]],
  ])('gives %s', (_name, value, expected) => {
    expect(messages(value)).toEqual(expected);
  });

  test('says where a name is known', () => {
    const elsewhere = { names: ['dry_run'], place: 'in the body' };
    const problems = validator.Errors({ name: 'a', dry_run: 'true' });
    const words = { part: 'query parameter', elsewhere };
    expect(describeProblems(schema, problems, words)).toEqual([
      { field: 'dry_run', message: 'Unknown query parameter "dry_run". Send it in the body' },
    ]);
  });

  test('names the fields with the messages', () => {
    const problems = describeProblems(schema, validator.Errors({ limit: 'x' }));
    expect(problems.map(({ field }) => field).sort()).toEqual(['limit', 'name']);
  });

  test('cuts what it quotes and how much it says', () => {
    const unknown = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, index) => [`${index}`.padEnd(500, 'x'), 1]),
    );
    const text = messages({ name: 'a', ...unknown });
    expect(text.length).toBeGreaterThan(1);
    expect(text.length).toBeLessThanOrEqual(20);
    expect(text.join().length).toBeLessThan(4_000);
  });
});
