/** The sample updates of Telegram's own webhook guide, and a real callback query. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface SampleUpdate {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'telegram-updates.ndjson');
let nextUpdateId = 500_000_000;

/** The six samples, with `update_id`s that were not used before: several share one in the guide. */
export async function sampleUpdates(): Promise<SampleUpdate[]> {
  const lines = (await readFile(FIXTURE, 'utf8')).trim().split('\n');
  return lines.map((line) => {
    nextUpdateId += 1;
    return { ...(JSON.parse(line) as SampleUpdate), update_id: nextUpdateId };
  });
}
