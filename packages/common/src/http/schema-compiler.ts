/**
 * TypeBox schemas as Fastify's route schemas: one schema gives the handler's types, the check and
 * later OpenAPI. Query strings, path parameters and headers are text, so numbers and booleans in
 * them are converted first; bodies are checked as they are.
 *
 * `@fastify/type-provider-typebox` does the same in as many lines, but hands on TypeBox's own
 * messages; here a field is described in the words of its schema's `description`.
 */
import type { FastifySchemaCompiler, FastifyTypeProvider } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { describeProblems } from '../domain/schema-problems.ts';
import { badRequest } from './http-error.ts';

/** Gives handlers the static types of their route's schemas. */
export interface TypeBoxTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

export const typeBoxValidatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (value: unknown) => {
    const converted = httpPart === 'body' ? value : validator.Convert(value);
    if (validator.Check(converted)) return { value: converted };
    const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'request');
    const problems = describeProblems(schema, validator.Errors(converted));
    const details = problems.map(({ field, message }) =>
      field ? { field, message } : { message },
    );
    return { error: badRequest(`The ${part} is not as this route takes it.`, details) };
  };
};
