/** `GET /api/health/webhook/<bot_id>/`: health of one bot (contract, section 5). */

import { firingAlert } from '@hookpulse/api/alert-view';
import { BotHealthSchema, botHealth } from '@hookpulse/api/bot-health';
import { forwardingView } from '@hookpulse/api/forwarding-view';
import { alertsTold, isResolved, type KnownAlert } from '@hookpulse/api/known-alert';
import { last15MinutesStart } from '@hookpulse/api/last-15-minutes';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import Type from 'typebox';
import { botHours } from '../queries/bot-hours.ts';
import { botSlices } from '../queries/bot-slices.ts';
import { clockDifference } from '../queries/clock-difference.ts';
import { earlierEvents } from '../queries/earlier-events.ts';
import { hadValidDelivery } from '../queries/had-valid-delivery.ts';
import type { FleetHealthDeps } from './health-fleet.ts';

/** The current hour and the 23 before it. */
const HOURS_BEFORE_CURRENT = 23;

export interface BotHealthDeps extends FleetHealthDeps {
  readonly controls: Pick<AlertControls, 'silences'>;
  readonly alerts: AlertStates;
  readonly forwarding: Pick<ForwardingStatuses, 'get'>;
}

const Params = Type.Object({ bot_id: Type.String() });

export function registerBotHealth(app: HttpApp, deps: BotHealthDeps): void {
  const { registry, clickhouse, controls, alerts, forwarding, firstEvents, clock } = deps;

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
      const quarterMs = last15MinutesStart(nowMs);
      const [hours, slices, isRegistered, clockDifferenceMs] = await Promise.all([
        botHours(clickhouse, bot.bot_id, range),
        botSlices(clickhouse, bot.bot_id, quarterMs),
        hadValidDelivery(clickhouse, bot.bot_id),
        clockDifference(clickhouse, bot.bot_id, quarterMs),
      ]);
      const heardMs = firstEvents.heardMs(bot.bot_id);
      const isSilent = heardMs === null && slices.length === 0;
      const earlier = isSilent ? await earlierEvents(clickhouse, [bot.bot_id], nowMs) : null;
      const moment = { silences: controls.silences(), nowMs };
      return botHealth({
        bot,
        hours,
        slices,
        hadValidDelivery: isRegistered,
        heardMs: heardMs ?? earlier?.get(bot.bot_id) ?? null,
        alerts: firingOf(bot.bot_id, alerts).map((alert) => firingAlert(alert, moment)),
        clockDifferenceMs,
        forwarding: bot.forward
          ? forwardingView(
              bot.bot_id,
              bot.forward.paused ?? false,
              forwarding.get(bot.bot_id),
              nowMs,
            )
          : null,
        errorRateThreshold: deps.errorRateThreshold,
        nowMs,
      });
    },
  );
}

/** The newest first; none while the alerts have not been read. */
function firingOf(botId: string, alerts: AlertStates): KnownAlert[] {
  return [...(alerts.isRead ? alerts.list() : [])]
    .filter(({ transition }) => transition.bot_id === botId)
    .flatMap(alertsTold)
    .filter((alert) => !isResolved(alert))
    .toSorted((a, b) => b.firedAtMs - a.firedAtMs);
}
