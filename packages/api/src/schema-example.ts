/** An example of a schema: its own where it has one, else one made from what it demands. */

export type SchemaRecord = Readonly<Record<string, unknown>>;

/** By property name, where the type alone would give nonsense. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  bot_id: 'orders-bot',
  bot_name: 'Orders',
  name: 'Orders',
  webhook_path: '/webhook/orders-bot',
  webhook_secret: 'aN0p3V5Yc0m2yZtX8wq1k7u4h6s9d2f5g8j1l4z7x0c',
  report_token: 'Zk7Q1w3E5r7T9y1U3i5O7p9A1s3D5f7G9h1J3k5L7z9',
  reason: 'deployment',
  created_by: 'ops',
  cursor: '1770750000000-0194f2a0-0000-7000-8000-0000000000aa',
  next_cursor: null,
  error_rate: '1.3%',
  overall_error_rate: '1.3%',
  date: '2026-02-10',
  partition: 0,
};
const TIME = '2026-02-10T20:00:00.000Z';
const UUID = '0194f2a0-0000-7000-8000-0000000000aa';
/** A schema that is deeper refers to itself, or nobody wants to read an example of it. */
const MAX_DEPTH = 8;

/** @param name - of the property that it is, if any */
export function exampleOf(schema: unknown, name = '', depth = 0): unknown {
  if (!isRecord(schema) || depth > MAX_DEPTH) return {};
  const [own] = Array.isArray(schema.examples) ? schema.examples : [];
  if (own !== undefined) return own;
  if (schema.const !== undefined) return schema.const;
  if (schema.default !== undefined) return schema.default;
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (Object.hasOwn(BY_NAME, name) && schema.type !== 'object') return BY_NAME[name];
  const forms = [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray);
  if (forms) return exampleOf(forms[0], name, depth + 1);
  switch (schema.type) {
    case 'object':
      return exampleObject(schema, depth);
    case 'array':
      return [exampleOf(schema.items, name.replace(/s$/, ''), depth + 1)];
    case 'string':
      return exampleText(schema, name);
    case 'integer':
    case 'number':
      return exampleNumber(schema);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return {};
  }
}

function exampleObject(schema: SchemaRecord, depth: number): SchemaRecord {
  if (!isRecord(schema.properties)) return {};
  const entries = Object.entries(schema.properties);
  return Object.fromEntries(
    entries.map(([name, property]) => [name, exampleOf(property, name, depth + 1)]),
  );
}

function exampleText(schema: SchemaRecord, name: string): string {
  if (schema.format === 'date-time' || /_at$|^timestamp$|^from$|^to$/.test(name)) return TIME;
  if (schema.format === 'uuid' || /_id$/.test(name)) return UUID;
  if (/mail|receiver/.test(name) || schema.format === 'email') return 'ops@example.com';
  return 'text';
}

function exampleNumber({ minimum, exclusiveMinimum, maximum }: SchemaRecord): number {
  if (typeof minimum === 'number' && minimum > 0) return minimum;
  if (typeof exclusiveMinimum === 'number') return exclusiveMinimum + 1;
  return typeof maximum === 'number' && maximum < 1 ? maximum : 1;
}

export function isRecord(value: unknown): value is SchemaRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
