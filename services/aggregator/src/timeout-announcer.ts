/** Puts a `Timeout` error on the log for every update that its bot should have processed by now. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import { timeoutEvent } from './domain/processing-timeouts.ts';
import type { AggregatorMetrics } from './metrics.ts';
import type { PartitionOwner } from './partition-owner.ts';

const CHECK_INTERVAL_MS = 1_000;
/** For a report that is on its way to the log. */
const GRACE_MS = 2_000;
/** Keeps one publish small after a long outage. */
const MAX_EVENTS_PER_PUBLISH = 500;

export interface TimeoutAnnouncerDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly logger: Logger;
  readonly metrics: Pick<AggregatorMetrics, 'timeoutsAnnounced'>;
}

export interface TimeoutAnnouncer {
  close(): Promise<void>;
}

/**
 * Announcing is repeated until the announcement itself is read from the log; its id makes it count
 * once. A partition that is behind says nothing: the report may be in what is still to be read.
 */
export function startTimeoutAnnouncer(
  owners: () => Iterable<PartitionOwner>,
  deps: TimeoutAnnouncerDeps,
): TimeoutAnnouncer {
  const stopping = new AbortController();
  const done = announceUntilStopped();
  return {
    async close() {
      stopping.abort();
      await done;
    },
  };

  async function announceUntilStopped(): Promise<void> {
    while (await pause(CHECK_INTERVAL_MS, stopping.signal)) {
      try {
        await announce();
      } catch (error) {
        deps.logger.warn({ err: error }, 'timeout events could not be published; retrying');
      }
    }
  }

  async function announce(): Promise<void> {
    const overdue = [...owners()].flatMap((owner) => {
      const logTimeMs = owner.logTimeMs();
      if (!owner.caughtUp || logTimeMs === null) return [];
      return owner.timeouts.overdue(logTimeMs - GRACE_MS);
    });
    for (let from = 0; from < overdue.length; from += MAX_EVENTS_PER_PUBLISH) {
      const chunk = overdue.slice(from, from + MAX_EVENTS_PER_PUBLISH);
      await deps.log.publish(chunk.map((overdue) => eventMessage(timeoutEvent(overdue))));
      deps.metrics.timeoutsAnnounced.inc(chunk.length);
    }
  }
}

/** @returns false when stopped meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
