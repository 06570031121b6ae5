/** `docker-compose.yml` as Compose reads it: anchors merged, variables replaced. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';
import { parse } from 'yaml';

const ComposeServiceSchema = Type.Object({
  image: Type.String(),
  build: Type.Optional(Type.Object({ context: Type.String(), target: Type.String() })),
  command: Type.Optional(Type.Array(Type.String())),
  container_name: Type.Optional(Type.String()),
  cap_drop: Type.Optional(Type.Array(Type.String())),
  environment: Type.Optional(
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
  ),
  ports: Type.Optional(Type.Array(Type.String())),
  volumes: Type.Optional(Type.Array(Type.String())),
  read_only: Type.Optional(Type.Boolean()),
  restart: Type.Optional(Type.String()),
  stop_grace_period: Type.Optional(Type.String()),
  healthcheck: Type.Optional(Type.Object({ test: Type.Array(Type.String()) })),
  mem_limit: Type.Optional(Type.String()),
  security_opt: Type.Optional(Type.Array(Type.String())),
  depends_on: Type.Optional(Type.Record(Type.String(), Type.Object({ condition: Type.String() }))),
});
export type ComposeService = Static<typeof ComposeServiceSchema>;

const ComposeFileSchema = Type.Object({
  services: Type.Record(Type.String(), ComposeServiceSchema),
  volumes: Type.Record(Type.String(), Type.Unknown()),
});
export type ComposeFile = Static<typeof ComposeFileSchema>;

const HostFileSchema = Type.Object({
  services: Type.Record(
    Type.String(),
    Type.Object({
      ports: Type.Array(Type.String()),
      environment: Type.Optional(Type.Record(Type.String(), Type.String())),
    }),
  ),
});

const ROOT = join(import.meta.dirname, '..', '..');
const PATH = join(ROOT, 'docker-compose.yml');
/** `${NAME}`, `${NAME:-default}` and `${NAME:?what to do}`: all that the file uses. */
const VARIABLE = /\$\{(?<name>\w+)(?::(?<rule>[-?])(?<rest>[^}]*))?\}/g;

/**
 * @param env - `.env` and the environment of whoever calls Compose
 * @throws Error as Compose does, when a variable that the file requires is missing
 */
export function readComposeFile(env: Readonly<Record<string, string>>): ComposeFile {
  return Value.Parse(ComposeFileSchema, replaceVariables(parseFile(), env));
}

/** The names of all variables that the file takes from its surroundings. */
export function composeVariables(): ReadonlySet<string> {
  const names = new Set<string>();
  visitTexts(parseFile(), (text) => {
    for (const { groups } of text.matchAll(VARIABLE)) names.add(groups?.name ?? '');
    return text;
  });
  return names;
}

/** `docker-compose.host.yml`: what it adds, by service. */
export function readHostFile(
  env: Readonly<Record<string, string>>,
): Static<typeof HostFileSchema>['services'] {
  const content = parseFile(join(ROOT, 'docker-compose.host.yml'));
  return Value.Parse(HostFileSchema, replaceVariables(content, env)).services;
}

function parseFile(path = PATH): unknown {
  return parse(readFileSync(path, 'utf8'), { merge: true });
}

function replaceVariables(value: unknown, env: Readonly<Record<string, string>>): unknown {
  return visitTexts(value, (text) =>
    text.replace(VARIABLE, (_whole, name: string, rule?: string, rest = '') => {
      const given = env[name] ?? '';
      if (given !== '') return given;
      if (rule === '?') throw new Error(`${name}: ${rest}`);
      return rest;
    }),
  );
}

/** The same value with every text in it replaced. */
function visitTexts(value: unknown, visit: (text: string) => string): unknown {
  if (typeof value === 'string') return visit(value);
  if (Array.isArray(value)) return value.map((item) => visitTexts(item, visit));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, visitTexts(item, visit)]);
  return Object.fromEntries(entries);
}
