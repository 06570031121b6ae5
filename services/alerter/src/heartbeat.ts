/**
 * Calls a URL while the alerter judges. A dead man's switch behind it (healthchecks.io, Dead Man's
 * Snitch, …) tells when the calls stop: an alerter that is dead cannot say so itself.
 */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { connectionFailure } from '@hookpulse/common/values/connection-failure';
import { requestTarget } from '@hookpulse/common/values/url-credentials';
import type { AlerterMetrics } from './metrics.ts';

export interface HeartbeatDeps {
  readonly url: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: { readonly heartbeats: Pick<AlerterMetrics['heartbeats'], 'inc'> };
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
  const target = requestTarget(url);
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
    const why = await failureOfCall();
    if (why === null) {
      metrics.heartbeats.inc('ok');
      isFailing = false;
      return;
    }
    if (closing.signal.aborted) return;
    metrics.heartbeats.inc('failed');
    if (!isFailing) logger.warn({ why }, 'the heartbeat URL cannot be reached'); // once an outage
    isFailing = true;
  }

  /** Null: the call went well. */
  async function failureOfCall(): Promise<string | null> {
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      const answer = await fetch(target.url, { headers: target.headers, signal });
      await answer.body?.cancel();
      return answer.ok ? null : `the answer was ${answer.status}`;
    } catch (error) {
      // Not the error's own words: they may hold the URL, which may be a secret.
      const { kind, code } = connectionFailure(error);
      return kind === 'other' ? `the request failed (${code ?? 'unknown'})` : kind;
    }
  }
}
