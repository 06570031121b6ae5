/** Values as a JSON Schema wants them, for tests that are given a schema alone. */

import { isRecord, type SchemaRecord } from '@hookpulse/api/schema-example';
import fc, { type Arbitrary } from 'fast-check';

/** Any, and those about which tests have something. */
const TIMES = fc.oneof(
  fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  fc.date({ min: new Date('2026-02-09'), max: new Date('2026-02-11'), noInvalidDate: true }),
);
/** Longer ones say no more, and take longer. */
const MAX_ITEMS = 4;
const MAX_TEXT = 60;

export function arbitraryOf(schema: unknown): Arbitrary<unknown> {
  if (!isRecord(schema)) return fc.jsonValue();
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const forms = [schema.anyOf, schema.oneOf].find(Array.isArray);
  if (forms) return fc.oneof(...forms.map(arbitraryOf));
  const { minimum, maximum } = schema;
  switch (schema.type) {
    case 'object':
      return objects(schema);
    case 'array':
      return fc.array(arbitraryOf(schema.items), { maxLength: MAX_ITEMS });
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.maxSafeInteger().map((value) => within(value, minimum, maximum));
    case 'number':
      return fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((value) => within(value, minimum, maximum));
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return fc.jsonValue();
  }
}

function objects({ properties, required }: SchemaRecord): Arbitrary<unknown> {
  if (!isRecord(properties)) return fc.dictionary(fc.string(), fc.jsonValue());
  const demanded = new Set(Array.isArray(required) ? required : []);
  const members = Object.entries(properties).map(([name, schema]) => {
    const member = arbitraryOf(schema).map((value) => [[name, value] as const]);
    return demanded.has(name) ? member : fc.oneof(member, fc.constant([]));
  });
  return fc.tuple(...members).map((entries) => Object.fromEntries(entries.flat()));
}

function texts({ format, pattern, minLength, maxLength }: SchemaRecord): Arbitrary<string> {
  const min = typeof minLength === 'number' ? minLength : 0;
  const max = typeof maxLength === 'number' ? maxLength : Number.POSITIVE_INFINITY;
  if (format === 'date-time') return TIMES.map((time) => time.toISOString());
  if (format === 'email') return fc.emailAddress();
  if (typeof pattern === 'string') {
    return fc
      .stringMatching(new RegExp(pattern, 'u'))
      .filter((text) => text.length >= min && text.length <= max);
  }
  return fc.string({ unit: 'grapheme', minLength: min, maxLength: Math.min(max, MAX_TEXT) });
}

/** Many land on a bound, where mistakes are. */
function within(value: number, minimum: unknown, maximum: unknown): number {
  const min = typeof minimum === 'number' ? minimum : -Infinity;
  const max = typeof maximum === 'number' ? maximum : Infinity;
  return Math.min(Math.max(value, min), max);
}
