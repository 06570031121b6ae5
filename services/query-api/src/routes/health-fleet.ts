/** `GET /api/health/webhook/`: health of all enabled bots (contract, section 5). */

import { isVisible, type VisibleBots } from '@hookpulse/api/access';
import {
  type FleetFacts,
  type FleetHealth,
  FleetHealthSchema,
  fleetHealth,
  HealthStatusName,
} from '@hookpulse/api/fleet-health';
import { TREND_HOURS, type Trend, trendOf } from '@hookpulse/api/fleet-trend';
import { last15MinutesStart } from '@hookpulse/api/last-15-minutes';
import { isoSeconds } from '@hookpulse/api/rounding';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { sharedRuns } from '@hookpulse/common/runtime/shared-runs';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import Type from 'typebox';
import { earlierEvents } from '../queries/earlier-events.ts';
import { fleetTraffic } from '../queries/fleet-traffic.ts';
import { fleetTrends } from '../queries/fleet-trends.ts';
import { visibleBotsOf } from './auth.ts';

export interface FleetHealthDeps {
  readonly registry: BotRegistry;
  readonly clickhouse: ClickHouseClient;
  readonly firstEvents: Pick<FirstEvents, 'heardMs'>;
  readonly clock: Clock;
  /** Error rate, 0 to 1, above which a status is `unhealthy`. */
  readonly errorRateThreshold: number;
}

const Query = Type.Object({
  status: Type.Optional(HealthStatusName),
  strict: Type.Optional(Type.Boolean({ description: 'true, false, 1 or 0' })),
  trends: Type.Optional(
    Type.Boolean({ description: 'true or false; true: include the last 24 hours of each bot' }),
  ),
});

export function registerFleetHealth(app: HttpApp, deps: FleetHealthDeps): void {
  const readFleetHealth = sharedRuns(() => computeFleetHealth(deps));
  const readTrends = sharedRuns(() => computeTrends(deps));

  app.get(
    '/api/health/webhook',
    {
      config: { access: 'open', bots: 'filtered' },
      schema: {
        tags: ['health'],
        summary: 'Health of all enabled bots over the last 15 minutes',
        querystring: Query,
        response: {
          200: FleetHealthSchema,
          503: Type.Union([FleetHealthSchema, ErrorBodySchema], {
            description:
              'the store cannot answer, or strict=1 is set and the overall status is unhealthy',
          }),
        },
      },
    },
    async (request, reply) => {
      const { status, strict = false, trends = false } = request.query;
      const read = await readFleetHealth();
      const visible = visibleBotsOf(request.caller);
      const health = visible ? healthOf(read.facts, visible) : read.health;
      const trendOfBot = trends ? await readTrends() : null;
      const bots = health.bots
        .filter((bot) => status === undefined || bot.status === status)
        .map((bot) => (trendOfBot ? { ...bot, trend: trendOfBot(bot.bot_id) } : bot));
      return reply
        .code(strict && health.status === 'unhealthy' ? 503 : 200)
        .send({ ...health, bots });
    },
  );
}

interface ReadHealth {
  readonly facts: FleetFacts;
  /** Of all bots. */
  readonly health: FleetHealth;
}

async function computeFleetHealth(deps: FleetHealthDeps): Promise<ReadHealth> {
  const { clickhouse, errorRateThreshold } = deps;
  const nowMs = deps.clock.now();
  const traffic = await fleetTraffic(clickhouse, last15MinutesStart(nowMs));
  const bots = deps.registry.list().filter((bot) => bot.enabled);
  const silent = bots.filter((bot) => !traffic.has(bot.bot_id)).map((bot) => bot.bot_id);
  const earlier = await earlierEvents(clickhouse, silent, nowMs);
  const heardMs = (botId: string) => deps.firstEvents.heardMs(botId);
  const facts = { bots, traffic, earlierEvents: earlier, heardMs, errorRateThreshold, nowMs };
  return { facts, health: fleetHealth(facts) };
}

/** For a caller that may see only some bots, the fleet is these. */
function healthOf(facts: FleetFacts, visible: VisibleBots): FleetHealth {
  return fleetHealth({
    ...facts,
    bots: facts.bots.filter(({ bot_id }) => isVisible(visible, bot_id)),
  });
}

/** @returns the trend of any bot, also of one without events */
async function computeTrends({
  clickhouse,
  clock,
}: FleetHealthDeps): Promise<(id: string) => Trend> {
  const fromMs = windowStart(clock.now(), HOUR_MS) - (TREND_HOURS - 1) * HOUR_MS;
  const stored = await fleetTrends(clickhouse, fromMs, TREND_HOURS);
  const hoursFrom = isoSeconds(fromMs);
  return (botId) => trendOf(stored.get(botId), hoursFrom);
}
