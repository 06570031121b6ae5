/**
 * What is wrong with a value, field by field, in the words of its schema: a schema's `description`
 * says what is allowed, so that people read "limit must be a number from 1 to 9" and not a validator's
 * own terms.
 */
import type { TSchema } from 'typebox';

/** What of a TypeBox validation error is needed to speak about it. */
export interface SchemaProblem {
  readonly keyword: string;
  /** JSON pointer (RFC 6901) of the bad value; empty for the value itself. */
  readonly instancePath: string;
  readonly params: object;
  readonly message?: string;
}

export interface FieldProblem {
  /** Dotted path; empty when the value itself is meant. */
  readonly field: string;
  readonly message: string;
}

/** A caller's own names are quoted up to this length, so that an answer stays readable. */
const MAX_QUOTED_NAME_LENGTH = 64;

/** Who sends a thousand unknown fields is told of the first ones. */
const MAX_PROBLEMS = 20;

/** At most one problem for each field, in the order in which they were found. */
export function describeProblems(
  schema: TSchema,
  problems: readonly SchemaProblem[],
): readonly FieldProblem[] {
  const byField = new Map<string, FieldProblem>();
  for (const problem of problems) {
    for (const described of describe(schema, problem)) {
      if (!byField.has(described.field)) byField.set(described.field, described);
    }
  }
  const described = [...byField.values()].filter(({ field }) => !hasProblemWithin(byField, field));
  return described.slice(0, MAX_PROBLEMS);
}

/** A field that is of none of the forms that it may have is told of by what is wrong within it. */
function hasProblemWithin(byField: ReadonlyMap<string, FieldProblem>, field: string): boolean {
  if (field === '') return false;
  return byField.keys().some((other) => other.startsWith(`${field}.`));
}

function describe(schema: TSchema, problem: SchemaProblem): readonly FieldProblem[] {
  const { additionalProperties, requiredProperties } = namesIn(problem.params);
  if (additionalProperties) {
    return additionalProperties.map((name) =>
      unknownField(fieldName(`${problem.instancePath}/${name}`)),
    );
  }
  // The same again, once for each property: a schema of `false`.
  if (problem.keyword === 'boolean') return [unknownField(fieldName(problem.instancePath))];
  if (requiredProperties) {
    return requiredProperties.map((name) => {
      const field = fieldName(`${problem.instancePath}/${name}`);
      const description = descriptionOf(schema, field);
      return { field, message: `${field} is required${description ? `: ${description}` : ''}` };
    });
  }
  const field = fieldName(problem.instancePath);
  const description = descriptionOf(schema, field);
  const demand = description ? `must be ${description}` : (problem.message ?? 'is not valid');
  return [{ field, message: `${field || 'it'} ${demand}` }];
}

function unknownField(name: string): FieldProblem {
  return { field: name, message: `${name} is not known` };
}

/** The lists of names that TypeBox gives with some errors. */
function namesIn(params: object) {
  return {
    additionalProperties:
      'additionalProperties' in params ? quotedNames(params.additionalProperties) : null,
    requiredProperties:
      'requiredProperties' in params ? quotedNames(params.requiredProperties) : null,
  };
}

function quotedNames(names: unknown): readonly string[] | null {
  if (!Array.isArray(names)) return null;
  return names.map((name) => String(name).slice(0, MAX_QUOTED_NAME_LENGTH));
}

/** `/a/0/b` as people write it: `a.0.b`. */
function fieldName(instancePath: string): string {
  return instancePath.slice(1).replaceAll('/', '.').slice(0, MAX_QUOTED_NAME_LENGTH);
}

/** The `description` of the field's schema; of the whole, for the empty field. */
function descriptionOf(schema: TSchema, field: string): string | undefined {
  let found = formsOf(schema);
  for (const name of field === '' ? [] : field.split('.')) {
    found = found.flatMap((form) => formsOf(partOf(form, name)));
  }
  const described = found.find(({ description }) => typeof description === 'string');
  return typeof described?.description === 'string' ? described.description : undefined;
}

type SchemaRecord = Readonly<Record<string, unknown>>;

/** The schema, and of a union its members too. */
function formsOf(schema: unknown): readonly SchemaRecord[] {
  if (!isRecord(schema)) return [];
  return Array.isArray(schema.anyOf) ? [schema, ...schema.anyOf.flatMap(formsOf)] : [schema];
}

/** Of a property or of an item. */
function partOf({ properties, items }: SchemaRecord, name: string): unknown {
  if (isRecord(properties)) return Object.hasOwn(properties, name) ? properties[name] : undefined;
  return items;
}

export function isRecord(value: unknown): value is SchemaRecord {
  return typeof value === 'object' && value !== null;
}
