/**
 * TypeBox schemas as Fastify's route schemas: one schema gives the handler's types, the check and
 * later OpenAPI. Query strings, path parameters and headers are text, so numbers and booleans in
 * them are converted first; bodies are checked as they are.
 *
 * `@fastify/type-provider-typebox` does the same in as many lines, but hands on TypeBox's own
 * messages; here a field is described in the words of its schema's `description`.
 */
import type {
  FastifySchemaCompiler,
  FastifySchemaValidationError,
  FastifyTypeProvider,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { badRequest, type ErrorDetail } from './http-error.ts';

/** Gives handlers the static types of their route's schemas. */
export interface TypeBoxTypeProvider extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** What of a TypeBox error is needed to speak about it. */
type SchemaProblem = Pick<
  FastifySchemaValidationError,
  'keyword' | 'instancePath' | 'params' | 'message'
>;

export const typeBoxValidatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (value: unknown) => {
    const converted = httpPart === 'body' ? value : validator.Convert(value);
    if (validator.Check(converted)) return { value: converted };
    const part = httpPart === 'querystring' ? 'query' : (httpPart ?? 'request');
    const details = describeProblems(schema, validator.Errors(converted));
    return { error: badRequest(`The ${part} is not as this route takes it.`, details) };
  };
};

/** One message per field, in the words of the schema's `description` where it has one. */
export function describeProblems(
  schema: TSchema,
  problems: readonly SchemaProblem[],
): ErrorDetail[] {
  const messages = new Map<string, string>();
  const add = (field: string, message: string) => {
    if (!messages.has(field)) messages.set(field, message);
  };
  for (const problem of problems) {
    const { additionalProperties, requiredProperties } = problem.params;
    if (problem.keyword === 'boolean') continue; // the additional property's second mention
    if (Array.isArray(additionalProperties)) {
      for (const name of additionalProperties) add(String(name), `${name} is not known here`);
    } else if (Array.isArray(requiredProperties)) {
      for (const name of requiredProperties) {
        const field = fieldName(`${problem.instancePath}/${name}`);
        add(field, withDescription(schema, field, `${field} is required`));
      }
    } else {
      const field = fieldName(problem.instancePath);
      const description = descriptionOf(schema, field);
      add(field, `${field || 'it'} ${description ? `must be ${description}` : problem.message}`);
    }
  }
  return [...messages].map(([field, message]) => (field ? { field, message } : { message }));
}

/** `/a/0/b` as people write it: `a.0.b`. */
function fieldName(instancePath: string): string {
  return instancePath.slice(1).replaceAll('/', '.');
}

function withDescription(schema: TSchema, field: string, message: string): string {
  const description = descriptionOf(schema, field);
  return description ? `${message}: ${description}` : message;
}

/** The `description` of a top-level property. */
function descriptionOf(schema: TSchema, field: string): string | undefined {
  const properties: unknown = Reflect.get(schema, 'properties');
  if (!isRecord(properties) || !Object.hasOwn(properties, field)) return undefined;
  const property = properties[field];
  const description = isRecord(property) ? property.description : undefined;
  return typeof description === 'string' ? description : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
