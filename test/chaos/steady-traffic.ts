/** Requests of known truth at a steady pace, until they are told to end. */
import { setTimeout as delay } from 'node:timers/promises';
import { type DriverFigures, type DriverOptions, drive } from './driver.ts';
import type { PlannedRequest, Workload } from './workload.ts';

export interface SteadyTrafficOptions
  extends Pick<DriverOptions, 'ingestUrls' | 'bots' | 'adminToken'> {
  /** Requests a second, as far as the machine keeps up. */
  readonly perSecond: number;
  /** Of each request. */
  onAcknowledged?(): void;
}

export interface SteadyTraffic {
  /** Plans no more, and resolves when every planned request was acknowledged. */
  stop(): Promise<DriverFigures>;
}

const CONCURRENCY = 48;

export function steadyTraffic(workload: Workload, options: SteadyTrafficOptions): SteadyTraffic {
  const { perSecond, onAcknowledged = () => undefined, ...where } = options;
  let isOver = false;
  const startedMs = performance.now();
  let planned = 0;
  const driving = drive(
    endingWhen(workload, () => isOver),
    {
      ...where,
      concurrency: CONCURRENCY,
      async pace() {
        const dueMs = startedMs + (planned++ / perSecond) * 1_000;
        await delay(dueMs - performance.now());
      },
      onAcknowledged: () => onAcknowledged(),
    },
  );
  return {
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
