/** `GET /api/health/webhook/<bot_id>/`: health of one bot (contract, section 5). */

import { HOUR_MS, windowStart } from '@hookpulse/common/domain/window';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/common/http/http-error';
import Type from 'typebox';
import { BotHealthSchema, botHealth } from '../domain/bot-health.ts';
import { lastQuarterStart } from '../domain/last-quarter.ts';
import { botHours } from '../queries/bot-hours.ts';
import { botSlices } from '../queries/bot-slices.ts';
import { hadValidDelivery } from '../queries/had-valid-delivery.ts';
import type { FleetHealthDeps } from './health-fleet.ts';

/** The current hour and the 23 before it. */
const HOURS_BEFORE_CURRENT = 23;

const Params = Type.Object({ bot_id: Type.String() });

export function registerBotHealth(app: HttpApp, deps: FleetHealthDeps): void {
  const { registry, clickhouse, clock, errorRateThreshold } = deps;

  app.get(
    '/api/health/webhook/:bot_id',
    {
      config: { access: 'open' },
      schema: {
        tags: ['health'],
        summary: 'Health of one bot: the last 15 minutes, this hour, and the last 24 hours',
        params: Params,
        response: { 200: BotHealthSchema, 404: ErrorBodySchema, 503: ErrorBodySchema },
      },
    },
    async (request) => {
      const bot = registry.get(request.params.bot_id);
      if (!bot) throw notFound('There is no bot with this bot_id.');
      const nowMs = clock.now();
      const thisHourMs = windowStart(nowMs, HOUR_MS);
      const range = { fromMs: thisHourMs - HOURS_BEFORE_CURRENT * HOUR_MS, toMs: thisHourMs };
      const [hours, slices, isRegistered] = await Promise.all([
        botHours(clickhouse, bot.bot_id, range),
        botSlices(clickhouse, bot.bot_id, lastQuarterStart(nowMs)),
        hadValidDelivery(clickhouse, bot.bot_id),
      ]);
      return botHealth({
        bot,
        hours,
        slices,
        hadValidDelivery: isRegistered,
        errorRateThreshold,
        nowMs,
      });
    },
  );
}
