/** docker-compose.yml for the tests of this folder: its services by name, with all that has to be set. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ComposeService, readComposeFile } from '../support/compose-file.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
/** All that `.env` must have. */
export const REQUIRED = {
  ADMIN_TOKEN: 'an-admin-token-of-compose',
  CLICKHOUSE_PASSWORD: 'password',
};

/** By service of Hookpulse: the variable of its port. */
export const PORT_VARIABLES = {
  ingest: 'INGEST_PORT',
  'query-api': 'QUERY_API_PORT',
  aggregator: 'AGGREGATOR_PORT',
  alerter: 'ALERTER_PORT',
  forwarder: 'FORWARDER_PORT',
} as const;
export type ServiceName = keyof typeof PORT_VARIABLES;
export const SERVICES = [
  'ingest',
  'query-api',
  'aggregator',
  'alerter',
  'forwarder',
] as const satisfies ServiceName[];

/** @throws Error when there is no such service, or as `readComposeFile` does */
export function composeService(
  name: string,
  env: Readonly<Record<string, string>> = {},
): ComposeService {
  const found = readComposeFile({ ...REQUIRED, ...env }).services[name];
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** Its environment, as the process sees it. */
export function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, String(value)]),
  );
}

/** @param path - from the repository's root */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A field of a JSON file; undefined when there is none. */
export function jsonField(path: string, ...keys: readonly string[]): unknown {
  let value: unknown = JSON.parse(readText(path));
  for (const key of keys) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value;
}
