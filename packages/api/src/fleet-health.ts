/** Health of the whole fleet over the last 15 minutes (contract, section 5). */
import type { Bot } from '@hookpulse/common/bots/bot';
import { Count } from '@hookpulse/common/values/count';
import { errorRate, errorsOf, eventsOf, formatRate } from '@hookpulse/common/windows/counters';
import { HEALTH_STATUSES, healthStatus } from '@hookpulse/common/windows/health-status';
import { averageMs, type DurationTotal } from '@hookpulse/common/windows/window';
import Type, { type Static } from 'typebox';
import { botStatus, laterOf } from './bot-status.ts';
import { TrendSchema } from './fleet-trend.ts';
import { isoSeconds, roundMs } from './rounding.ts';
import { RateText } from './span.ts';

export const HealthStatusName = Type.Enum(HEALTH_STATUSES, {
  description: `one of ${HEALTH_STATUSES.join(', ')}`,
});

const FleetBotSchema = Type.Object({
  bot_id: Type.String(),
  bot_name: Type.String(),
  status: HealthStatusName,
  events_last_15min: Count,
  errors_last_15min: Count,
  error_rate: RateText,
  avg_processing_time_ms: Type.Union([Type.Number(), Type.Null()]),
  last_event_at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'null when there was none in the last 7 days',
  }),
  trend: Type.Optional(TrendSchema),
});
type FleetBot = Static<typeof FleetBotSchema>;

export const FleetHealthSchema = Type.Object({
  status: HealthStatusName,
  timestamp: Type.String({ format: 'date-time' }),
  summary: Type.Object({
    webhook_bots_count: Count,
    total_events_last_15min: Count,
    total_errors_last_15min: Count,
    overall_error_rate: RateText,
  }),
  bots: Type.Array(FleetBotSchema),
});
export type FleetHealth = Static<typeof FleetHealthSchema>;

/** What a bot's slices of the last 15 minutes add up to. */
export interface BotTraffic {
  readonly requests_received: number;
  readonly requests_processed: number;
  readonly requests_failed: number;
  readonly processing: Readonly<DurationTotal>;
  /** Milliseconds since the epoch. */
  readonly lastEventMs: number;
}

export interface FleetFacts {
  /** Enabled bots only, in the order of the answer. */
  readonly bots: readonly Bot[];
  /** By bot; absent when there were no events. */
  readonly traffic: ReadonlyMap<string, BotTraffic>;
  /** By bot, of those without traffic: their last event before the window, ms since the epoch. */
  readonly earlierEvents: ReadonlyMap<string, number>;
  /** An event since the bot was enabled, however long ago; null: none is known. */
  heardMs(botId: string): number | null;
  /** Error rate, 0 to 1, above which a status is `unhealthy`. */
  readonly errorRateThreshold: number;
  readonly nowMs: number;
}

/** Every enabled bot is listed, and totals are the sums over the list. */
export function fleetHealth(facts: FleetFacts): FleetHealth {
  const bots = facts.bots.map((bot) => fleetBot(bot, facts));
  const total = {
    events: sum(bots.map((bot) => bot.events_last_15min)),
    errors: sum(bots.map((bot) => bot.errors_last_15min)),
  };
  return {
    status: healthStatus(total, facts.errorRateThreshold),
    timestamp: isoSeconds(facts.nowMs),
    summary: {
      webhook_bots_count: bots.length,
      total_events_last_15min: total.events,
      total_errors_last_15min: total.errors,
      overall_error_rate: formatRate(errorRate(total.errors, total.events)),
    },
    bots,
  };
}

function fleetBot(bot: Bot, facts: FleetFacts): FleetBot {
  const traffic = facts.traffic.get(bot.bot_id);
  const events = traffic ? eventsOf(traffic) : 0;
  const errors = traffic ? errorsOf(traffic) : 0;
  const lastEventMs = traffic?.lastEventMs ?? facts.earlierEvents.get(bot.bot_id) ?? null;
  const heardMs = laterOf(lastEventMs, facts.heardMs(bot.bot_id));
  const threshold = facts.errorRateThreshold;
  return {
    bot_id: bot.bot_id,
    bot_name: bot.name,
    status: botStatus({ bot, traffic: { events, errors }, lastEventMs: heardMs }, threshold),
    events_last_15min: events,
    errors_last_15min: errors,
    error_rate: formatRate(errorRate(errors, events)),
    avg_processing_time_ms: traffic ? roundMs(averageMs(traffic.processing)) : null,
    last_event_at: lastEventMs === null ? null : isoSeconds(lastEventMs),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
