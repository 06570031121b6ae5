/**
 * TypeBox schemas as Fastify's route schemas: one schema gives the handler's types, the check and
 * OpenAPI. Query strings, path parameters and headers are text, so numbers and booleans in them are
 * converted first; bodies are checked as they are.
 *
 * `@fastify/type-provider-typebox` does the same in as many lines, but hands on TypeBox's own
 * messages; here a field is described in the words of its schema's `description`.
 */

import { parseMoment } from '@hookpulse/common/values/moment';
import {
  describeProblems,
  isRecord,
  type ProblemWords,
} from '@hookpulse/common/values/schema-problems';
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { Format } from 'typebox/format';
import { invalidInput, type RequestPart } from './invalid-input.ts';

/** Gives handlers the static types of their route's schemas. */
export interface TypeBoxTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

// TypeBox takes more: leap seconds, and zones in brackets, of which Date makes no moment.
Format.Set('date-time', (text) => parseMoment(text) !== null);

export const typeBoxValidatorCompiler = validatorCompiler({});

/** @param elsewhere - by part of the request, which names are known in another one */
export function validatorCompiler(
  elsewhere: Partial<Record<RequestPart, ProblemWords['elsewhere']>>,
): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart }) => {
    const validator = Compile(schema);
    const part = PARTS[httpPart ?? ''] ?? 'body';
    const known = elsewhere[part];
    const words = {
      part: part === 'query' ? 'query parameter' : 'field',
      ...(known ? { elsewhere: known } : {}),
    };
    return (value: unknown) => {
      const converted = part === 'body' ? value : convertTexts(validator, value);
      if (validator.Check(converted)) return { value: converted };
      if (part === 'body' && (value === undefined || value === null)) {
        return { error: invalidInput(part, [{ message: 'the body is empty' }]) };
      }
      const problems = describeProblems(schema, validator.Errors(converted), words);
      const details = problems.map(({ field, message }) =>
        field ? { field, message } : { message },
      );
      return { error: invalidInput(part, details) };
    };
  };
}

/** What Fastify calls the parts of a request. */
const PARTS: Readonly<Record<string, RequestPart>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

/** As JSON writes numbers. */
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/**
 * What text becomes by its schema. TypeBox would take `true` for 1, nothing for 0 and 1.5 for 1; here
 * a number is what is written as one, and all else stays text, to be refused.
 */
function convertTexts(validator: Pick<Validator, 'Convert'>, given: unknown): unknown {
  if (!isRecord(given)) return validator.Convert(given);
  // A copy, for it is converted in place.
  const converted = validator.Convert({ ...given });
  if (!isRecord(converted)) return converted;
  return Object.fromEntries(
    Object.entries(converted).map(([name, value]) => {
      const text = given[name];
      const isText = typeof value === 'number' && typeof text === 'string';
      const isWritten = isText && NUMBER.test(text) && Number(text) === value;
      return [name, isText && !isWritten ? text : value];
    }),
  );
}
