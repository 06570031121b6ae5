/** The content of a status page: the past from the store, and alerts of now from the log. */

import { alertsTold } from '@hookpulse/api/known-alert';
import type { Incident, PublicState, PublicStatus } from '@hookpulse/api/public-status';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import type { StatusPage } from '@hookpulse/common/bots/status-page';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS, HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { windowStart } from '@hookpulse/common/windows/window';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { healthyShare } from '../domain/status-days.ts';
import { type AlertSpan, alertSpans } from '../queries/alert-spans.ts';
import { hoursWithTraffic } from '../queries/hours-with-traffic.ts';

export interface PublicStatusDeps {
  readonly clickhouse: ClickHouseClient;
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly alerts: AlertStates;
  readonly clock: Clock;
}

/** Today included. */
const DAYS = 90;
const MAX_INCIDENTS = 100;

/**
 * What an alert means for those who use the bot; of a rule that is not here, and of a later version: a
 * problem. Rejected requests of strangers disturb nobody, and are left out.
 */
const RULE_WORDS: Readonly<Record<string, string | null>> = {
  high_error_rate: 'Updates failed',
  no_traffic: 'No updates arrived',
  slow_processing: 'Slow',
  forwarding_stuck: 'Updates waited for the bot',
  signature_failures: null,
};
const OTHER_RULE = 'Problem';

interface Trouble extends Omit<AlertSpan, 'lastAtMs'> {
  /** Null: it fires. */
  readonly endedAtMs: number | null;
}

/** @throws StoreError, TableNotReadError */
export async function publicStatus(
  page: StatusPage,
  { clickhouse, registry, alerts, clock }: PublicStatusDeps,
): Promise<PublicStatus> {
  alerts.assertRead();
  const nowMs = clock.now();
  const fromMs = windowStart(nowMs, DAY_MS) - (DAYS - 1) * DAY_MS;
  const bots = page.bot_ids.flatMap((botId) => registry.get(botId) ?? []);
  const botIds = bots.map(({ bot_id }) => bot_id);
  const [hours, stored] = await Promise.all([
    hoursWithTraffic(clickhouse, botIds, fromMs),
    alertSpans(clickhouse, botIds, fromMs),
  ]);
  const states = [...alerts.list()].filter(({ transition }) => botIds.includes(transition.bot_id));
  const troubles = troublesOf(stored, states, fromMs);
  const names = new Map(bots.map(({ bot_id, name }) => [bot_id, name]));
  const shown = bots.map(({ bot_id, name }) => {
    const own = troubles.filter(({ botId }) => botId === bot_id);
    const hourStartsMs = hours.get(bot_id) ?? [];
    const spans = own.map((one) => ({ fromMs: one.firedAtMs, toMs: one.endedAtMs ?? nowMs }));
    const { percent, days } = healthyShare({ hourStartsMs, alerts: spans }, fromMs, nowMs);
    return {
      name,
      state: stateOf(own, hourStartsMs, nowMs),
      healthy_percent: percent,
      days: [...days],
    };
  });
  return {
    title: page.title,
    state: worst(shown.map(({ state }) => state)),
    as_of: iso(nowMs),
    bots: shown,
    incidents: troubles
      .toSorted((a, b) => b.firedAtMs - a.firedAtMs)
      .slice(0, MAX_INCIDENTS)
      .map((one) => incidentOf(one, names.get(one.botId) ?? '', page.shows_reasons)),
  };
}

/** Of the store, and what the log tells that is not stored yet; the log also knows what fires. */
function troublesOf(
  stored: readonly AlertSpan[],
  states: readonly AlertState[],
  fromMs: number,
): Trouble[] {
  const told = new Map(states.flatMap(toldTroubles).map((one) => [one.alertId, one]));
  // One whose end was not stored ended when it was last heard of.
  const past = stored.map(({ lastAtMs, ...span }) => ({
    ...span,
    endedAtMs: endOf(told.get(span.alertId), lastAtMs),
  }));
  const all = new Map([...told.values(), ...past].map((one) => [one.alertId, one]));
  return [...all.values()].filter(
    ({ rule, endedAtMs }) =>
      RULE_WORDS[rule] !== null && (endedAtMs === null || endedAtMs > fromMs),
  );
}

function endOf(told: Trouble | undefined, lastAtMs: number): number | null {
  return told ? told.endedAtMs : lastAtMs;
}

/** Of a bot and rule only the newest alert can fire. */
function toldTroubles(state: AlertState): Trouble[] {
  const { transition, alert_id } = state.transition;
  return alertsTold(state).map(({ alertId, botId, rule, firedAtMs, transitions }) => {
    const isFiring = alertId === alert_id && transition !== 'resolved';
    const lastAtMs = Date.parse(transitions.at(-1)?.at ?? '');
    const reason = transitions[0]?.reason ?? '';
    return { alertId, botId, rule, firedAtMs, endedAtMs: isFiring ? null : lastAtMs, reason };
  });
}

function stateOf(
  troubles: readonly Trouble[],
  hourStartsMs: readonly number[],
  nowMs: number,
): PublicState {
  if (troubles.some(({ endedAtMs }) => endedAtMs === null)) return 'unhealthy';
  const lastHourMs = windowStart(nowMs, HOUR_MS) - HOUR_MS;
  return hourStartsMs.some((startMs) => startMs >= lastHourMs) ? 'healthy' : 'no_traffic';
}

function worst(states: readonly PublicState[]): PublicState {
  if (states.includes('unhealthy')) return 'unhealthy';
  return states.includes('healthy') ? 'healthy' : 'no_traffic';
}

function incidentOf(
  { rule, firedAtMs, endedAtMs, reason }: Trouble,
  bot: string,
  showsReasons: boolean,
): Incident {
  return {
    bot,
    what: RULE_WORDS[rule] ?? OTHER_RULE,
    started_at: iso(firedAtMs),
    ended_at: endedAtMs === null ? null : iso(endedAtMs),
    ...(showsReasons ? { reason } : {}),
  };
}
