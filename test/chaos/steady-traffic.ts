/** Planned requests at a steady pace, until they are told to end. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { type DriverFigures, type DriverOptions, drive } from './driver.ts';
import type { PlannedRequest, Workload } from './workload.ts';

export interface SteadyTrafficOptions
  extends Pick<DriverOptions, 'ingestUrls' | 'bots' | 'adminToken' | 'signal'> {
  /** Requests a second, as far as the machine keeps up. */
  readonly perSecond: number;
  /** Requests under way at once. */
  readonly concurrency?: number;
  /** Told of every request that was acknowledged. */
  onAcknowledged?(): void;
}

export interface SteadyTraffic {
  /** Resolves when so many more requests were acknowledged. */
  acknowledged(requests: number): Promise<void>;
  /** Plans no more, and resolves when every planned request was acknowledged. */
  stop(): Promise<DriverFigures>;
}

const DEFAULT_CONCURRENCY = 48;
/** A machine with other work makes a test slow, not red. */
const PATIENCE_MS = 180_000;

export function steadyTraffic(
  workload: Workload,
  { perSecond, concurrency = DEFAULT_CONCURRENCY, ...options }: SteadyTrafficOptions,
): SteadyTraffic {
  let isOver = false;
  let planned = 0;
  let acknowledged = 0;
  const startedMs = performance.now();
  const driving = drive(
    endingWhen(workload, () => isOver),
    {
      ...options,
      concurrency,
      async pace() {
        const dueMs = startedMs + (planned++ / perSecond) * 1_000;
        await delay(Math.max(0, dueMs - performance.now()));
      },
      onAcknowledged() {
        acknowledged += 1;
        options.onAcknowledged?.();
      },
    },
  );
  // A test that fails does not ask how it ended.
  driving.catch(() => undefined);
  return {
    async acknowledged(requests) {
      const goal = acknowledged + requests;
      await until(`${requests} requests`, () => acknowledged >= goal, PATIENCE_MS);
    },
    stop() {
      isOver = true;
      return driving;
    },
  };
}

/** A request that is planned counts as true, so none is planned in vain. */
function* endingWhen(workload: Workload, isOver: () => boolean): Generator<PlannedRequest> {
  for (const request of workload.requests()) {
    yield request;
    if (isOver()) return;
  }
}
