/**
 * Calls a URL while the alerter judges. A dead man's switch behind it (healthchecks.io, Dead Man's
 * Snitch, …) tells when the calls stop: an alerter that is dead cannot say so itself.
 */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { AlerterMetrics } from './metrics.ts';

export interface HeartbeatDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Pick<AlerterMetrics, 'heartbeats'>;
}

export interface Heartbeat {
  /** An evaluation went well. Never waits and never throws. */
  beat(): void;
  close(): Promise<void>;
}

/** Evaluations come twice a second: such services answer 429 to that. */
const SHORTEST_INTERVAL_MS = 10_000;
const TIMEOUT_MS = 5_000;

export function createHeartbeat({ url, clock, logger, metrics }: HeartbeatDeps): Heartbeat {
  const closing = new AbortController();
  let lastMs = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;
  let isFailing = false;
  return {
    beat() {
      const nowMs = clock.now();
      const isEarly = Math.abs(nowMs - lastMs) < SHORTEST_INTERVAL_MS; // clocks may go back
      if (underWay || closing.signal.aborted || isEarly) return;
      lastMs = nowMs;
      underWay = call().finally(() => {
        underWay = null;
      });
    },
    async close() {
      closing.abort();
      await underWay;
    },
  };

  async function call(): Promise<void> {
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const answer = await fetch(url, { signal });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the answer was ${answer.status}`);
      metrics.heartbeats.inc('ok');
      isFailing = false;
    } catch (error) {
      if (closing.signal.aborted) return;
      metrics.heartbeats.inc('failed');
      // Once an outage: the URL itself may be a secret.
      const why = error instanceof Error ? error.message : String(error);
      if (!isFailing) logger.warn({ why }, 'the heartbeat URL cannot be reached');
      isFailing = true;
    }
  }
}
