/**
 * Images that stand in where no registry can be reached, under exactly the tags that docker-compose.yml and
 * the Dockerfile name. What a registry has is always preferred.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DockerEngine } from '../docker-engine.ts';

export interface Recipe {
  /** Name and tag of what it makes. */
  readonly tag: string;
  /** Text that changes when the image has to be made anew. */
  readonly fingerprint: string;
  /** Of the stand-ins, the one that it is based on. */
  readonly base?: Recipe;
  /**
   * Makes the image.
   * @param folder - an empty one, deleted afterwards
   * @param label - to be set on the image: `name=value`
   */
  make(engine: DockerEngine, folder: string, label: string): Promise<void>;
}

/** Its value is the recipe's fingerprint; images of a registry do not have it. */
const LABEL = 'hookpulse.stand-in';

/** Names that no registry has, so that none is asked. */
const OWN_NAMES = 'hookpulse-stand-in/';

/** @returns whether the image is a stand-in */
export async function ensureImage(engine: DockerEngine, recipe: Recipe): Promise<boolean> {
  const wanted = createHash('sha256').update(recipe.fingerprint).digest('hex').slice(0, 16);
  const found = await engine
    .docker('image', 'inspect', '-f', `{{index .Config.Labels "${LABEL}"}}`, recipe.tag)
    .catch(() => null);
  // What is there without the label came from a registry.
  if (found === '' || found === '<no value>') return false;
  if (found === wanted) return true;
  if (!recipe.tag.startsWith(OWN_NAMES) && (await isPulled(engine, recipe.tag))) return false;
  if (recipe.base) await ensureImage(engine, recipe.base);
  console.log(`Making ${recipe.tag}, which cannot be pulled`);
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-image-'));
  try {
    await recipe.make(engine, folder, `${LABEL}=${wanted}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return true;
}

async function isPulled({ docker }: DockerEngine, tag: string): Promise<boolean> {
  return docker('pull', tag).then(
    () => true,
    () => false,
  );
}

export async function readBeside(name: string): Promise<string> {
  return readFile(join(import.meta.dirname, name), 'utf8');
}
