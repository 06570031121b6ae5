/** `GET /api/alerts/condition`: what the rule of an alert measured over time, beside its line. */

import { type AlertCondition, AlertConditionSchema } from '@hookpulse/api/alert-condition';
import { alertView } from '@hookpulse/api/alert-view';
import type { KnownAlert } from '@hookpulse/api/known-alert';
import { RuleName } from '@hookpulse/api/rule-name';
import { type AlertSettings, alertSettings } from '@hookpulse/common/alerts/alert-settings';
import { isRuleName, RULES } from '@hookpulse/common/alerts/rules/rules';
import { enabledSinceMs } from '@hookpulse/common/bots/bot';
import { BotId } from '@hookpulse/common/events/webhook-event';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { MOMENT_FORM, momentMs } from '@hookpulse/common/values/moment';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { ErrorBodySchema, notFound } from '@hookpulse/service-kit/http/http-error';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import Type from 'typebox';
import { historyPage, isSuperseded, toldBy } from '../alert-history.ts';
import { conditionPoints, conditionSpan, type JudgedAlert } from '../domain/alert-condition.ts';
import { sliceFacts } from '../queries/slice-facts.ts';
import type { AlertRoutesDeps } from './alerts.ts';
import { visibleBotsOf } from './auth.ts';

export interface AlertConditionDeps extends AlertRoutesDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly firstEvents: Pick<FirstEvents, 'heardMs'>;
  readonly alertDefaults: AlertSettings;
  /** The sliding window that the alerter judges by, milliseconds. */
  readonly windowMs: number;
}

const ConditionQuery = Type.Object({
  bot_id: BotId,
  rule: RuleName,
  fired_at: Type.String({
    format: 'date-time',
    description: `${MOMENT_FORM}; fired_at of the alert`,
  }),
});

export function registerAlertCondition(app: HttpApp, deps: AlertConditionDeps): void {
  app.get(
    '/api/alerts/condition',
    {
      config: { bots: 'filtered' },
      schema: {
        tags: ['alerts'],
        summary: 'How the condition of an alert went, from before it fired until after its end',
        querystring: ConditionQuery,
        response: {
          200: AlertConditionSchema,
          400: ErrorBodySchema,
          404: ErrorBodySchema,
          503: ErrorBodySchema,
        },
      },
    },
    async (request) => {
      const { bot_id, rule, fired_at } = request.query;
      const fromMs = momentMs(fired_at);
      const filter = {
        ...{ botId: bot_id, bots: visibleBotsOf(request.caller), rule, state: null, after: null },
        // A bot and rule fires once in a millisecond.
        ...{ fromMs, toMs: fromMs + 1 },
      };
      const { alerts } = await historyPage(deps.clickhouse, toldBy(deps.alerts), filter, 1);
      const [alert] = alerts;
      if (!alert) throw notFound('No alert of this bot and rule fired at that time.');
      return conditionOf(alert, deps);
    },
  );
}

/** @throws StoreError */
async function conditionOf(alert: KnownAlert, deps: AlertConditionDeps): Promise<AlertCondition> {
  const { clickhouse, controls, registry, firstEvents, alertDefaults, windowMs, clock } = deps;
  const { alertId, botId, botName, rule, firedAtMs, transitions } = alert;
  if (!isRuleName(rule)) throw notFound(`This version does not know the rule ${rule}.`);
  const nowMs = clock.now();
  const bot = registry.get(botId);
  const view = alertView(alert, isSuperseded(alert, deps.alerts), { silences: [], nowMs });
  const endMs = view.state === 'firing' ? null : Date.parse(view.resolved_at ?? view.as_of);
  const judged: JudgedAlert = { rule, botName, firedAtMs, endMs, transitions };
  const terms = {
    settings: alertSettings(alertDefaults, controls.overrides, bot?.alerts).rules,
    enabledSinceMs: bot ? enabledSinceMs(bot) : null,
    heardMs: firstEvents.heardMs(botId),
    windowMs,
    nowMs,
  };
  const span = conditionSpan(judged, terms);
  const slices = span
    ? await sliceFacts(clickhouse, {
        ...{ botId, fromMs: span.slicesFromMs, toMs: span.toMs, needsDigests: span.needsDigests },
      })
    : [];
  const { title, unit, read } = RULES[rule].gauge;
  return {
    ...{ alert_id: alertId, bot_id: botId, rule, title, unit },
    from: iso(span?.fromMs ?? firedAtMs),
    to: iso(span?.toMs ?? endMs ?? nowMs),
    window_seconds: windowMs / 1_000,
    step_seconds: (span?.stepMs ?? MINUTE_MS) / 1_000,
    points: span ? conditionPoints(judged, terms, span, slices) : [],
    judged: transitions.map(({ at, transition, facts }) => ({ at, transition, ...read(facts) })),
  };
}
