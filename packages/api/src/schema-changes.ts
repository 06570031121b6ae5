/**
 * Whether a newer schema of a record keeps what readers of the older one rely on: fields are only added
 * (contract, section 4).
 */
import { isRecord, type SchemaRecord } from './schema-example.ts';

/** @returns what a reader of `before` would miss in records of `after`, in words; empty: nothing */
export function schemaChanges(before: unknown, after: unknown, at = 'value'): readonly string[] {
  if (!isRecord(before) || !isRecord(after)) return before === after ? [] : [`${at} changed`];
  const forms = formsOf(before);
  if (forms.length > 1) return formChanges(forms, formsOf(after), at);
  if (before.type !== after.type) {
    return [`${at} was of type ${String(before.type)} and is ${String(after.type)}`];
  }
  return [
    ...enumChanges(before, after, at),
    ...propertyChanges(before, after, at),
    ...(before.items === undefined ? [] : schemaChanges(before.items, after.items, `${at}[]`)),
  ];
}

/** A union must not get forms that its readers do not expect, and keeps the old ones. */
function formChanges(before: readonly unknown[], after: readonly unknown[], at: string): string[] {
  const known = before.map(typeOf);
  const added = after.map(typeOf).filter((type) => !known.includes(type));
  return [
    ...added.map((type) => `${at} may now be ${type}`),
    ...before.flatMap((form) => {
      const now = after.find((one) => typeOf(one) === typeOf(form));
      return now === undefined
        ? [`${at} is never ${typeOf(form)} any more`]
        : schemaChanges(form, now, at);
    }),
  ];
}

function enumChanges({ enum: before }: SchemaRecord, { enum: after }: SchemaRecord, at: string) {
  if (!Array.isArray(before)) return [];
  const now: readonly unknown[] = Array.isArray(after) ? after : before;
  return before
    .filter((value) => !now.includes(value))
    .map((value) => `${at} is never ${String(value)} any more`);
}

function propertyChanges(before: SchemaRecord, after: SchemaRecord, at: string): readonly string[] {
  const properties = isRecord(before.properties) ? before.properties : {};
  const now = isRecord(after.properties) ? after.properties : {};
  return Object.entries(properties).flatMap(([name, property]) => {
    const place = `${at}.${name}`;
    if (now[name] === undefined) return [`${place} was removed`];
    const isLost = requires(before, name) && !requires(after, name);
    return [
      ...(isLost ? [`${place} may be missing`] : []),
      ...schemaChanges(property, now[name], place),
    ];
  });
}

function requires({ required }: SchemaRecord, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function formsOf(schema: SchemaRecord): readonly unknown[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

function typeOf(schema: unknown): string {
  return isRecord(schema) ? String(schema.type) : String(schema);
}
