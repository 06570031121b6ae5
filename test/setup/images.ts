/** Container images for tests: those that `docker-compose.yml` names, so both run the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const COMPOSE_FILE = join(import.meta.dirname, '..', '..', 'docker-compose.yml');

/** The image of a service. @throws Error when the file names none */
export function imageOf(service: string): string {
  const image = at(parse(readFileSync(COMPOSE_FILE, 'utf8')), ['services', service, 'image']);
  if (typeof image === 'string') return image;
  throw new Error(`docker-compose.yml names no image for the service ${service}`);
}

function at(value: unknown, path: readonly string[]): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return at(Reflect.get(value, key), rest);
}
