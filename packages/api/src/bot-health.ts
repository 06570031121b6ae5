/** Health of one bot: now, this hour, and its last 24 hours (contract, section 5). */

import type { Bot } from '@hookpulse/common/bots/bot';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { isoDate } from '@hookpulse/common/values/iso';
import { addWindow, emptyWindow, type Window, windowStart } from '@hookpulse/common/windows/window';
import Type, { type Static } from 'typebox';
import { type FiringAlert, FiringAlertSchema } from './alert-view.ts';
import { botStatus, laterOf } from './bot-status.ts';
import { HealthStatusName } from './fleet-health.ts';
import type { ForwardingView } from './forwarding-view.ts';
import { clockWarnings, forwardingWarnings, HealthWarningSchema } from './health-warning.ts';
import { isoSeconds } from './rounding.ts';
import { SPAN_FIELDS, SpanSchema, spanOf } from './span.ts';

const HourSchema = Type.Object({
  date: Type.String({ format: 'date', description: 'UTC' }),
  hour: Type.Integer({ minimum: 0, maximum: 23, description: 'UTC' }),
  ...SPAN_FIELDS,
});

export const BotHealthSchema = Type.Object({
  bot_id: Type.String(),
  bot_name: Type.String(),
  delivery_mode: Type.Enum(['webhook', 'forward'], {
    description: 'forward: Hookpulse hands its updates to a URL of its own',
  }),
  timestamp: Type.String({ format: 'date-time' }),
  status: HealthStatusName,
  current_hour: SpanSchema,
  last_15_minutes: SpanSchema,
  hourly: Type.Array(HourSchema, {
    description: 'the last 24 clock hours, newest first, without those that had no events',
  }),
  alerts: Type.Array(FiringAlertSchema, {
    description: 'firing alerts; empty until they have been read from the log',
  }),
  warnings: Type.Array(HealthWarningSchema, {
    description: 'reasons why the figures may be wrong; usually none',
  }),
  webhook_registered: Type.Boolean({
    description: 'true if the bot is enabled and a delivery with the right secret has been stored',
  }),
});
export type BotHealth = Static<typeof BotHealthSchema>;

/** A stored window with the time at which it starts; several may share one start. */
export interface StartedWindow {
  /** Milliseconds since the epoch. */
  readonly startMs: number;
  readonly window: Window;
}

export interface BotFacts {
  readonly bot: Bot;
  /** Parts of the last 24 clock hours, the current one included, newest first. */
  readonly hours: readonly StartedWindow[];
  /** Parts of the last 15 minutes. */
  readonly slices: readonly StartedWindow[];
  /** Whether a delivery with the right secret has ever been stored. */
  readonly hadValidDelivery: boolean;
  /** An event since the bot was enabled, however long ago; null: none is known. */
  readonly heardMs: number | null;
  readonly alerts: readonly FiringAlert[];
  /** By which the reports of the last 15 minutes came after their timestamps; null: there were none. */
  readonly clockDifferenceMs: number | null;
  /** Null: the bot's updates are not forwarded. */
  readonly forwarding: ForwardingView | null;
  /** Error rate, 0 to 1, above which the status is `unhealthy`. */
  readonly errorRateThreshold: number;
  readonly nowMs: number;
}

export function botHealth(facts: BotFacts): BotHealth {
  const { bot, nowMs } = facts;
  const hours = mergeByStart(facts.hours);
  const currentHour = hours.get(windowStart(nowMs, HOUR_MS)) ?? emptyWindow();
  const lastQuarter = spanOf(mergeAll(facts.slices));
  const ofHours = facts.hours.map(({ window }) => window.lastEventMs);
  const lastEventMs = ofHours.reduce(laterOf, facts.heardMs);
  return {
    bot_id: bot.bot_id,
    bot_name: bot.name,
    delivery_mode: bot.forward ? 'forward' : 'webhook',
    timestamp: isoSeconds(nowMs),
    status: botStatus({ bot, traffic: lastQuarter, lastEventMs }, facts.errorRateThreshold),
    current_hour: spanOf(currentHour),
    last_15_minutes: lastQuarter,
    hourly: [...hours].map(([startMs, window]) => ({
      date: isoDate(startMs),
      hour: new Date(startMs).getUTCHours(),
      ...spanOf(window),
    })),
    alerts: [...facts.alerts],
    warnings: [...forwardingWarnings(facts.forwarding), ...clockWarnings(facts.clockDifferenceMs)],
    webhook_registered: bot.enabled && facts.hadValidDelivery,
  };
}

/** One window for each start, in the order in which the starts come. */
function mergeByStart(parts: readonly StartedWindow[]): Map<number, Window> {
  const merged = new Map<number, Window>();
  for (const { startMs, window } of parts) {
    const whole = merged.get(startMs) ?? emptyWindow();
    addWindow(whole, window);
    merged.set(startMs, whole);
  }
  return merged;
}

function mergeAll(parts: readonly StartedWindow[]): Window {
  const whole = emptyWindow();
  for (const { window } of parts) addWindow(whole, window);
  return whole;
}
