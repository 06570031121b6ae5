/** Which versions of what were measured, by the files that pin them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Candidate, Need } from './candidate.ts';
import { findPostgres, versionOf } from './programs.ts';

const FOLDER = import.meta.dirname;

const BY_NEED: Readonly<Record<Need, () => Readonly<Record<string, string>>>> = {
  go: () => {
    const text = readFileSync(join(FOLDER, 'go', 'go.mod'), 'utf8');
    return {
      Go: versionOf('go', ['version']),
      'franz-go': first(text, /twmb\/franz-go v(\S+)/),
      Benthos: first(text, /benthos\/v4 v(\S+)/),
    };
  },
  kafka: () => {
    const pom = readFileSync(join(FOLDER, '../../test/kafka-broker/pom.xml'), 'utf8');
    return { Kafka: first(pom, /<version>([\d.]+)<\/version>\s*<\/dependency>/) };
  },
  npm: () => {
    const text = readFileSync(join(FOLDER, 'node', 'package.json'), 'utf8');
    const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> };
    return dependencies;
  },
  python: () => {
    const text = readFileSync(join(FOLDER, 'django', 'requirements.txt'), 'utf8');
    return { Python: versionOf('python3'), Django: first(text, /^django==(\S+)/m) };
  },
  postgres: () => ({ PostgreSQL: versionOf(join(findPostgres(), 'initdb')) }),
};

/** Of all that the candidates need. */
export function versionsOf(candidates: readonly Candidate[]): Readonly<Record<string, string>> {
  const needs = new Set(candidates.flatMap((candidate) => candidate.needs));
  const versions = [...needs].map((need) => BY_NEED[need]());
  return Object.assign({ Node: process.versions.node }, ...versions);
}

function first(text: string, pattern: RegExp): string {
  return pattern.exec(text)?.[1] ?? 'unknown';
}
