/** What the owner of a partition says of a request. */
import { iso } from '@hookpulse/common/values/iso';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import type { RebuildTally } from './rebuild-partition.ts';

export const NOTHING_DONE: RebuildTally = {
  progress: 0,
  rawEvents: 0,
  hours: 0,
  hoursChanged: 0,
  slicesChanged: 0,
  changes: [],
};

export function answerOf(
  { rebuild_id }: RebuildRequest,
  partition: number,
  state: RebuildAnswer['state'],
  tally: RebuildTally,
  problem: string | null,
  nowMs: number,
): RebuildAnswer {
  return {
    rebuild_id,
    partition,
    state,
    answered_at: iso(nowMs),
    progress: state === 'running' ? tally.progress : 1,
    raw_events: tally.rawEvents,
    hours: tally.hours,
    hours_changed: tally.hoursChanged,
    slices_changed: tally.slicesChanged,
    changes: tally.changes,
    problem,
  };
}
