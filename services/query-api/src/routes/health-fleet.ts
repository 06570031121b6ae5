/** `GET /api/health/webhook/`: health of all enabled bots (contract, section 5). */
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { ErrorBodySchema } from '@hookpulse/common/http/http-error';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import type { Clock } from '@hookpulse/common/runtime/clock';
import Type from 'typebox';
import {
  type FleetHealth,
  FleetHealthSchema,
  fleetHealth,
  HealthStatusName,
} from '../domain/fleet-health.ts';
import { lastQuarterStart } from '../domain/last-quarter.ts';
import { earlierEvents } from '../queries/earlier-events.ts';
import { fleetTraffic } from '../queries/fleet-traffic.ts';
import { sharedRuns } from '../shared-runs.ts';

export interface FleetHealthDeps {
  readonly registry: BotRegistry;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  /** Error rate, 0 to 1, above which a status is `unhealthy`. */
  readonly errorRateThreshold: number;
}

const Query = Type.Object({
  status: Type.Optional(HealthStatusName),
  strict: Type.Optional(Type.Boolean({ description: 'true, false, 1 or 0' })),
});

export function registerFleetHealth(app: HttpApp, deps: FleetHealthDeps): void {
  const readFleetHealth = sharedRuns(() => computeFleetHealth(deps));

  app.get(
    '/api/health/webhook',
    {
      config: { access: 'open' },
      schema: {
        tags: ['health'],
        summary: 'Health of all enabled bots over the last 15 minutes',
        querystring: Query,
        response: {
          200: FleetHealthSchema,
          503: Type.Union([FleetHealthSchema, ErrorBodySchema], {
            description: 'the store cannot answer, or with strict=1 the whole is unhealthy',
          }),
        },
      },
    },
    async (request, reply) => {
      const { status, strict = false } = request.query;
      const health = await readFleetHealth();
      const bots = status ? health.bots.filter((bot) => bot.status === status) : health.bots;
      return reply
        .code(strict && health.status === 'unhealthy' ? 503 : 200)
        .send({ ...health, bots });
    },
  );
}

async function computeFleetHealth(deps: FleetHealthDeps): Promise<FleetHealth> {
  const { clickhouse, errorRateThreshold } = deps;
  const nowMs = deps.clock.now();
  const traffic = await fleetTraffic(clickhouse, lastQuarterStart(nowMs));
  const bots = deps.registry.list().filter((bot) => bot.enabled);
  const silent = bots.filter((bot) => !traffic.has(bot.bot_id)).map((bot) => bot.bot_id);
  const earlier = await earlierEvents(clickhouse, silent, nowMs);
  return fleetHealth({ bots, traffic, earlierEvents: earlier, errorRateThreshold, nowMs });
}
