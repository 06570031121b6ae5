/** What Prometheus sees of a running forwarder at the moment that it looks. */
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { FORWARDER_GROUP, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { showLag } from '@hookpulse/service-kit/metrics/consumer-lag';
import type { MetricsPage } from '@hookpulse/service-kit/metrics/metrics-page';
import type { BotForwarder } from './bot-forwarder.ts';
import type { ForwarderMetrics } from './metrics.ts';
import type { RunningForwarder } from './run.ts';

const CONSUMER = { group: FORWARDER_GROUP, topic: UPDATES_TOPIC } as const;

export interface ShownForwarder {
  readonly forwarder: RunningForwarder;
  readonly log: Pick<EventLog, 'offsetsAt' | 'ranges'>;
  readonly clock: Clock;
}

export function showForwarder(
  { forwarder, log, clock }: ShownForwarder,
  metrics: ForwarderMetrics,
  page: MetricsPage,
): void {
  showLag(CONSUMER, metrics, page, {
    log,
    clock,
    lag: () => forwarder.lag(),
    oldestHeldMs: (partition) =>
      oldestOf([...forwarder.bots()].filter((bot) => bot.partition === partition)),
  });
  page.addSource('forwarder', {
    read: () => forwarder,
    show(running) {
      metrics.assignedPartitions.set(CONSUMER, running.assignedPartitions);
      let held = 0;
      let bytes = 0;
      let missed = 0;
      let inFlight = 0;
      const nowMs = clock.now();
      const bots = [...running.bots()];
      const states = { delivering: 0, failing: 0, paused: 0 };
      for (const bot of bots) {
        const { lane } = bot;
        states[bot.stateAt(nowMs)] += 1;
        held += lane.heldCount;
        bytes += lane.heldBytes;
        missed += lane.missedCount;
        inFlight += lane.inFlight;
      }
      metrics.heldUpdates.set(held);
      metrics.heldBytes.set(bytes);
      metrics.backlog.set(held + missed);
      metrics.inFlight.set(inFlight);
      const oldestMs = oldestOf(bots);
      metrics.oldestUpdateSeconds.set(oldestMs === null ? 0 : (nowMs - oldestMs) / 1_000);
      for (const [state, count] of Object.entries(states)) metrics.bots.set({ state }, count);
    },
    clear: () => undefined,
  });
}

/** Log time of the oldest update that waits; null: none does. */
function oldestOf(bots: readonly BotForwarder[]): number | null {
  const times = bots.flatMap(({ lane }) => lane.oldestLogTimeMs ?? []);
  return times.length === 0 ? null : Math.min(...times);
}
