/** Counts everything anew that a request asks for in one partition: day by day, piece by piece. */

import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { firstWholeHour } from '@hookpulse/common/events/raw-retention';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { RebuildRequest, RebuiltHour } from '@hookpulse/common/windows/rebuild';
import { SLICE_MS, windowStart } from '@hookpulse/common/windows/window';
import { type Patience, RebuildFailedError, withPatience } from './patience.ts';
import type { PieceOutcome } from './piece-outcome.ts';
import { type EpochPiece, planDay } from './plan-day.ts';
import { rebuildClosedPiece } from './rebuild-closed-piece.ts';
import { type LivePartition, rebuildLivePiece } from './rebuild-live-piece.ts';
import type { HourSpan, RebuildStore } from './rebuild-store.ts';

export interface RebuildPartitionDeps {
  readonly store: RebuildStore;
  readonly partition: LivePartition;
  /** @throws PartitionLostError when the partition is another process's now. */
  assertOwned(): void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Told after every piece. */
  onProgress(tally: RebuildTally): void;
}

export interface RebuildTally {
  /** 0 to 1. */
  progress: number;
  rawEvents: number;
  hours: number;
  hoursChanged: number;
  slicesChanged: number;
  /** The first of them. */
  readonly changes: RebuiltHour[];
}

/** "The last 15 minutes" are what slices are read for. */
const SLICES_READ_MS = 1_200_000;
/** An answer is a message on the log. */
const MAX_LISTED_CHANGES = 100;
const FOLD_POLL_INTERVAL_MS = 50;
/** How long the owner may take to fold what another one has folded already. */
const CATCH_UP_LIMIT_MS = 60_000;

/** @throws RebuildFailedError, PartitionLostError */
export async function rebuildPartition(
  request: RebuildRequest,
  deps: RebuildPartitionDeps,
): Promise<RebuildTally> {
  const tally: RebuildTally = {
    progress: 0,
    rawEvents: 0,
    hours: 0,
    hoursChanged: 0,
    slicesChanged: 0,
    changes: [],
  };
  const { clock, logger, signal } = deps;
  const patience = { logger, signal };
  const days = daysOf(request);
  for (const [at, span] of days.entries()) {
    assertRawEventsKept(span, request, clock.now());
    const pieces = await withPatience(patience, () => planDay(span, deps));
    for (const [done, piece] of pieces.entries()) {
      add(tally, await withPatience(patience, () => rebuildPiece(piece, request, deps, patience)));
      tally.progress = (at + (done + 1) / pieces.length) / days.length;
      deps.onProgress(tally);
      await nextTurn();
    }
    tally.progress = (at + 1) / days.length;
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

async function rebuildPiece(
  { epoch, ...piece }: EpochPiece,
  { dry_run: isDryRun }: RebuildRequest,
  deps: RebuildPartitionDeps,
  patience: Patience,
): Promise<PieceOutcome> {
  const { store, partition, assertOwned, clock } = deps;
  const { position, storedOffset } = partition.fold;
  // Forgets what is stored: a rebuild may take hours.
  partition.countedFrom(storedOffset);
  const persist = (work: () => Promise<void>) => withPatience(patience, work);
  if (epoch !== position.epoch) {
    const owner = { partition: position.partition, epoch };
    return rebuildClosedPiece(piece, owner, { store, isDryRun, persist, assertOwned });
  }
  const slicesFromMs = windowStart(clock.now() - SLICES_READ_MS, SLICE_MS);
  const outcomes: PieceOutcome[] = [];
  for (;;) {
    const options = { store, isDryRun, persist, slicesFromMs };
    const result = await rebuildLivePiece(piece, partition, options);
    if (result.kind === 'behind') {
      await untilFolded(result.offset, deps, patience);
      continue;
    }
    outcomes.push(result.outcome);
    if (!result.mustLookAgain) return firstOf(outcomes);
  }
}

/** A window that was looked at twice has changed once. */
function firstOf(outcomes: readonly PieceOutcome[]): PieceOutcome {
  const [first] = outcomes;
  if (!first) throw new RangeError('nothing was done');
  const names = new Set<string>();
  const changes = outcomes
    .flatMap((outcome) => outcome.changes)
    .filter(({ bot_id, hour }) => {
      const name = `${hour}/${bot_id}`;
      if (names.has(name)) return false;
      names.add(name);
      return true;
    });
  return { ...first, changes };
}

async function untilFolded(
  offset: bigint,
  { partition, assertOwned }: RebuildPartitionDeps,
  { signal }: Patience,
): Promise<void> {
  const deadlineMs = performance.now() + CATCH_UP_LIMIT_MS;
  while (partition.fold.position.nextOffset < offset) {
    assertOwned();
    if (performance.now() > deadlineMs) {
      throw new RebuildFailedError(
        'The aggregator is too far behind the log. Try again when it has caught up.',
      );
    }
    await delay(FOLD_POLL_INTERVAL_MS, undefined, { signal });
  }
}

function add(tally: RebuildTally, outcome: PieceOutcome): void {
  tally.rawEvents += outcome.rawEvents;
  tally.hours += outcome.hours;
  tally.hoursChanged += outcome.changes.length;
  tally.slicesChanged += outcome.slicesChanged;
  tally.changes.push(...outcome.changes.slice(0, MAX_LISTED_CHANGES - tally.changes.length));
}
