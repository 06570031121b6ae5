/**
 * What is wrong with a value, field by field, in the words of its schema: a schema's `description`
 * says what is allowed, so that people read "limit must be a number from 1 to 9" and not a validator's
 * own terms.
 */
import type { TSchema } from 'typebox';
import { nearestName } from './nearest-name.ts';

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

export interface ProblemWords {
  /** What people call a part of the value. Default: `field`. */
  readonly part?: string;
  /** Names that are known in another place, and where that is: `in the body`. */
  readonly elsewhere?: { readonly names: readonly string[]; readonly place: string };
}

/** A caller's own names are quoted up to this length, so that an answer stays readable. */
const MAX_QUOTED_NAME_LENGTH = 64;

/** A longer list says no more than the documentation does. */
const MAX_LISTED_NAMES = 8;

/** Of a thousand unknown fields the first ones are described. */
const MAX_PROBLEMS = 20;

/** At most one problem for each field, in the order in which they were found. */
export function describeProblems(
  schema: TSchema,
  problems: readonly SchemaProblem[],
  words: ProblemWords = {},
): readonly FieldProblem[] {
  const byField = new Map<string, FieldProblem>();
  for (const problem of problems) {
    for (const described of describe(schema, problem, words)) {
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

function describe(
  schema: TSchema,
  problem: SchemaProblem,
  words: ProblemWords,
): readonly FieldProblem[] {
  const { additionalProperties, requiredProperties } = namesIn(problem.params);
  const field = fieldName(problem.instancePath);
  if (additionalProperties) {
    return additionalProperties.map((name) => unknownName(name, field, schema, words));
  }
  // The same, once for each unknown property: a schema of `false`.
  if (problem.keyword === 'boolean') {
    const names = namesOf(problem.instancePath);
    return [unknownName(names.at(-1) ?? '', names.slice(0, -1).join('.'), schema, words)];
  }
  if (requiredProperties) {
    return requiredProperties.map((name) => {
      const required = within(field, name);
      const description = descriptionOf(schema, required);
      return {
        field: required,
        message: `${required} is required${description ? `: ${description}` : ''}`,
      };
    });
  }
  const description = descriptionOf(schema, field);
  const demand = description ? `must be ${description}` : (problem.message ?? 'is not valid');
  return [{ field, message: `${field || 'it'} ${demand}` }];
}

/** @param parent - the field that it was found in; empty: the value itself */
function unknownName(
  name: string,
  parent: string,
  schema: TSchema,
  { part = 'field', elsewhere }: ProblemWords,
): FieldProblem {
  const field = within(parent, name);
  const unknown = `Unknown ${part} ${JSON.stringify(field)}`;
  if (parent === '' && elsewhere?.names.includes(name)) {
    return { field, message: `${unknown}. Send it ${elsewhere.place}` };
  }
  const known = knownNames(schema, parent);
  const nearest = nearestName(name, known);
  if (nearest !== null) {
    return {
      field,
      message: `${unknown}. Did you mean ${JSON.stringify(within(parent, nearest))}?`,
    };
  }
  const isListed = known.length > 0 && known.length <= MAX_LISTED_NAMES;
  return { field, message: isListed ? `${unknown}. Known: ${known.join(', ')}` : unknown };
}

function within(parent: string, name: string): string {
  return parent === '' ? name : `${parent}.${name}`;
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
  return namesOf(instancePath).join('.').slice(0, MAX_QUOTED_NAME_LENGTH);
}

function namesOf(instancePath: string): readonly string[] {
  const names = instancePath.slice(1).split('/');
  return names.map((name) =>
    name.replaceAll('~1', '/').replaceAll('~0', '~').slice(0, MAX_QUOTED_NAME_LENGTH),
  );
}

/** The `description` of the field's schema; of the whole, for the empty field. */
function descriptionOf(schema: TSchema, field: string): string | undefined {
  const described = schemasAt(schema, field).find(({ description }) => isText(description));
  return isText(described?.description) ? described.description : undefined;
}

/** What may stand in the field, of whichever of its forms. */
function knownNames(schema: TSchema, field: string): readonly string[] {
  const names = schemasAt(schema, field).flatMap(({ properties }) =>
    isRecord(properties) ? Object.keys(properties) : [],
  );
  return [...new Set(names)];
}

/** Every form that the field may have; of the whole, for the empty field. */
function schemasAt(schema: TSchema, field: string): readonly SchemaRecord[] {
  let found = formsOf(schema);
  for (const name of field === '' ? [] : field.split('.')) {
    found = found.flatMap((form) => formsOf(partOf(form, name)));
  }
  return found;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
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
