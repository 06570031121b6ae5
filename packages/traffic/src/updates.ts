/** Updates as Telegram sends them: the samples of its own webhook guide, and made ones of every kind. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from './random.ts';
import { UPDATE_KINDS } from './update-kinds.ts';

const SAMPLES_FILE = join(import.meta.dirname, '..', 'samples', 'telegram-updates.ndjson');

/** The samples, one JSON text each: five of the guide, and a real callback query. */
export const SAMPLE_UPDATES: readonly string[] = readFileSync(SAMPLES_FILE, 'utf8')
  .trim()
  .split('\n');

/**
 * One of the samples, with an id of its own: several share one in the guide.
 * @param index - which one; default: all in turn
 */
export function sampleUpdate(updateId: number, index = updateId): string {
  const sample = SAMPLE_UPDATES[index % SAMPLE_UPDATES.length] ?? '';
  return sample.replace(/"update_id": \d+/, `"update_id": ${updateId}`);
}

export interface MadeUpdate {
  readonly updateType: string;
  /** JSON. */
  readonly text: string;
}

/** The kinds come as often as their weights say. @param nowMs - what its dates follow from */
export function makeUpdate(random: Random, updateId: number, nowMs: number): MadeUpdate {
  const kind = random.weighted(UPDATE_KINDS);
  const nowSeconds = Math.floor(nowMs / 1_000);
  const value = kind.make({ random, updateId, nowSeconds });
  return {
    updateType: kind.name,
    text: JSON.stringify({ update_id: updateId, [kind.name]: value }),
  };
}
