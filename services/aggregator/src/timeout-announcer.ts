/** Puts a `Timeout` error on the log for every update that its bot should have processed by now. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import { timeoutEvent } from './domain/processing-timeouts.ts';
import type { AggregatorMetrics } from './metrics.ts';
import { OverdueFinder } from './overdue-finder.ts';
import type { PartitionOwner } from './partition-owner.ts';

const CHECK_INTERVAL_MS = 1_000;
/** Keeps one publish small after a long outage. */
const MAX_EVENTS_PER_PUBLISH = 500;

export interface TimeoutAnnouncerDeps {
  readonly log: Pick<EventLog, 'publish' | 'ranges'>;
  readonly logger: Logger;
  readonly metrics: Pick<AggregatorMetrics, 'timeoutsAnnounced'>;
}

export interface TimeoutAnnouncer {
  close(): Promise<void>;
}

/**
 * An announcement that the log did not acknowledge is repeated, unless it is read from the log all the
 * same; its id makes it count once. While the log does not say where it ends, nothing is announced.
 */
export function startTimeoutAnnouncer(
  owners: () => Iterable<PartitionOwner>,
  deps: TimeoutAnnouncerDeps,
): TimeoutAnnouncer {
  const stopping = new AbortController();
  const finder = new OverdueFinder(deps.log);
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
        if (stopping.signal.aborted) return;
        deps.logger.warn({ err: error }, 'timeout events could not be published; retrying');
      }
    }
  }

  async function announce(): Promise<void> {
    const overdue = await untilAborted(finder.find(owners()), stopping.signal);
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
