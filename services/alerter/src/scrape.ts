/** What Prometheus sees of a running alerter at the moment that it looks. */

import { RULE_NAMES } from '@hookpulse/common/alerts/rules/rules';
import { silenceOf } from '@hookpulse/common/alerts/silence';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { ALERTER_GROUP, EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { showLag } from '@hookpulse/service-kit/metrics/consumer-lag';
import type { MetricsPage } from '@hookpulse/service-kit/metrics/metrics-page';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { AlerterMetrics } from './metrics.ts';
import { judgingLagMs } from './readiness.ts';
import type { RunningAlerter } from './run.ts';

const CONSUMER = { group: ALERTER_GROUP, topic: EVENTS_TOPIC } as const;

export interface ShownAlerter {
  readonly alerter: RunningAlerter;
  readonly log: Pick<EventLog, 'offsetsAt' | 'ranges'>;
  readonly alertStates: AlertStates;
  readonly controls: AlertControls;
  readonly clock: Clock;
}

export function showAlerter(shown: ShownAlerter, metrics: AlerterMetrics, page: MetricsPage): void {
  const { alerter, log, clock } = shown;
  showLag(CONSUMER, metrics, page, { log, clock, lag: () => alerter.lag() });
  page.addSource('alerter', {
    read: () => alerter,
    show() {
      metrics.assignedPartitions.set(CONSUMER, alerter.assignedPartitions);
      const lagMs = judgingLagMs(alerter, clock.now());
      if (lagMs === null) metrics.lagSeconds.reset();
      else metrics.lagSeconds.set(lagMs / 1_000);
      showAlerts(shown, metrics);
    },
    clear: () => undefined,
  });
}

function showAlerts(
  { alertStates, controls, clock }: ShownAlerter,
  { alerts }: AlerterMetrics,
): void {
  alerts.reset(); // of rules that a later version knew
  for (const rule of RULE_NAMES) {
    for (const state of ['firing', 'silenced']) alerts.set({ rule, state }, 0);
  }
  const silences = controls.silences();
  for (const { transition } of alertStates.list()) {
    if (transition.transition === 'resolved') continue;
    const isSilenced = silenceOf(transition, silences, clock.now()) !== null;
    alerts.inc({ rule: transition.rule, state: isSilenced ? 'silenced' : 'firing' });
  }
}
