/** Counts everything anew that a request asks for in one partition: day by day, piece by piece. */

import { firstWholeHour } from '@hookpulse/common/events/raw-retention';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import { SLICE_MS, SLICES_KEPT_MS, windowStart } from '@hookpulse/common/windows/window';
import { RebuildFailedError, withPatience } from './patience.ts';
import { planDay } from './plan-day.ts';
import { type OwnedPartition, PieceOutcome, rebuildPiece } from './rebuild-piece.ts';
import type { HourSpan, RebuildStore } from './rebuild-store.ts';

export interface RebuildPartitionDeps {
  readonly store: RebuildStore;
  readonly partition: OwnedPartition;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told after every piece. */
  onProgress(tally: RebuildTally): void;
}

/** What an answer says of the work. */
export type RebuildTally = Pick<
  RebuildAnswer,
  'progress' | 'raw_events' | 'hours' | 'hours_changed' | 'slices_changed' | 'changes'
>;

export const NOTHING_DONE: RebuildTally = {
  progress: 0,
  raw_events: 0,
  hours: 0,
  hours_changed: 0,
  slices_changed: 0,
  changes: [],
};

/** An answer is a message on the log. */
const MAX_LISTED_CHANGES = 100;

/** @throws RebuildFailedError, PartitionLostError */
export async function rebuildPartition(
  request: RebuildRequest,
  deps: RebuildPartitionDeps,
): Promise<RebuildTally> {
  const { store, partition, clock, onProgress } = deps;
  const isDryRun = request.dry_run;
  let tally = NOTHING_DONE;
  const days = daysOf(request);
  for (const [at, span] of days.entries()) {
    assertRawEventsKept(span, request, clock.now());
    const pieces = await withPatience(deps, () => planDay(span, store, partition));
    for (const [done, piece] of pieces.entries()) {
      const slicesFromMs = windowStart(clock.now() - SLICES_KEPT_MS, SLICE_MS);
      const options = { store, isDryRun, slicesFromMs };
      const outcome = new PieceOutcome();
      const attempt = () => rebuildPiece(piece, partition, options, outcome);
      while (await withPatience(deps, attempt));
      const progress = (at + (done + 1) / pieces.length) / days.length;
      tally = { ...withPiece(tally, outcome), progress };
      onProgress(tally);
    }
  }
  return tally;
}

/** Oldest first: their raw events are the next to go. */
function daysOf(request: RebuildRequest): HourSpan[] {
  const fromMs = Date.parse(request.from);
  const toMs = Date.parse(request.to);
  const days: HourSpan[] = [];
  for (let dayMs = windowStart(fromMs, DAY_MS); dayMs < toMs; dayMs += DAY_MS) {
    days.push({
      fromMs: Math.max(fromMs, dayMs),
      toMs: Math.min(toMs, dayMs + DAY_MS),
      botId: request.bot_id,
    });
  }
  return days;
}

function assertRawEventsKept(span: HourSpan, { retention_days }: RebuildRequest, nowMs: number) {
  if (span.fromMs >= firstWholeHour(nowMs, retention_days, 0)) return;
  throw new RebuildFailedError(
    'Some raw events of these hours have passed the retention in the meantime. The rest is incomplete.',
  );
}

function withPiece(tally: RebuildTally, outcome: PieceOutcome): RebuildTally {
  return {
    ...tally,
    raw_events: tally.raw_events + outcome.rawEvents,
    hours: tally.hours + outcome.hours,
    hours_changed: tally.hours_changed + outcome.changes.size,
    slices_changed: tally.slices_changed + outcome.slicesChanged.size,
    changes: [...tally.changes, ...outcome.changes.values()].slice(0, MAX_LISTED_CHANGES),
  };
}
