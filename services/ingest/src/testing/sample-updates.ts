/** Updates as Telegram sends them, each as JSON text. */
import { readFileSync } from 'node:fs';

/** Telegram's own samples, from its webhook guide. */
export const SAMPLE_UPDATES: readonly string[] = linesOf(
  '../../../../packages/traffic/samples/telegram-updates.ndjson',
);

/** One of every kind that the Bot API has, with the line break that its server puts in. */
export const UPDATES_OF_ALL_KINDS: readonly string[] = linesOf('update-kinds.txt').map(
  (field, index) => `{"update_id":${5_000 + index},\n${field}}`,
);

function linesOf(path: string): readonly string[] {
  return readFileSync(new URL(path, import.meta.url), 'utf8')
    .trim()
    .split('\n');
}
