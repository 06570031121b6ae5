/** The sample updates of Telegram's own webhook guide, and a real callback query. */
import { SAMPLE_UPDATES, sampleUpdate } from '@hookpulse/traffic/updates';

export interface SampleUpdate {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

let nextUpdateId = 500_000_000;

/** The six samples, with `update_id`s that were not used before: several share one in the guide. */
export function sampleUpdates(): SampleUpdate[] {
  return SAMPLE_UPDATES.map(() => {
    nextUpdateId += 1;
    return JSON.parse(sampleUpdate(nextUpdateId)) as SampleUpdate;
  });
}
