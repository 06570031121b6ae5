/** A bot as the API shows it: everything but its secrets. */
import {
  AlertOverridesSchema,
  type AlertSettings,
  alertSettings,
} from '@hookpulse/common/alerts/alert-settings';
import type { Bot } from '@hookpulse/common/bots/bot';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import Type, { type Static } from 'typebox';
import { EffectiveAlertsSchema, effectiveAlerts } from './alert-settings-view.ts';
import { ForwardViewSchema, forwardView } from './forward-settings.ts';
import type { CreatedBot } from './new-bot.ts';
import { shownOverrides } from './receiver-settings.ts';

export const BotViewSchema = Type.Object({
  bot_id: Type.String(),
  name: Type.String(),
  enabled: Type.Boolean(),
  webhook_path: Type.String({ description: "path on ingest's address, for Telegram's setWebhook" }),
  forward: Nullable(ForwardViewSchema),
  has_bot_token: Type.Boolean({ description: 'true if its Bot API token is known' }),
  created_at: Type.String({ format: 'date-time' }),
  updated_at: Type.String({ format: 'date-time' }),
});
export type BotView = Static<typeof BotViewSchema>;

/** One bot alone is shown with its alert settings. */
export const BotDetailsSchema = Type.Object({
  ...BotViewSchema.properties,
  alerts: AlertOverridesSchema,
  effective_alerts: EffectiveAlertsSchema,
});
export type BotDetails = Static<typeof BotDetailsSchema>;

export const CreatedBotViewSchema = Type.Object({
  ...BotViewSchema.properties,
  webhook_secret: Type.String({
    description: "shown only once; pass it to Telegram's setWebhook as secret_token",
  }),
  report_token: Type.String({
    description: 'shown only once; the bot authenticates its reports with it',
  }),
});
export type CreatedBotView = Static<typeof CreatedBotViewSchema>;

/** Names its fields one by one, so that a field that the record gains is not shown by accident. */
export function botView(bot: Bot): BotView {
  return {
    bot_id: bot.bot_id,
    name: bot.name,
    enabled: bot.enabled,
    webhook_path: `/webhook/${bot.bot_id}`,
    forward: bot.forward ? forwardView(bot.forward) : null,
    has_bot_token: bot.bot_token !== undefined,
    created_at: bot.created_at,
    updated_at: bot.updated_at,
  };
}

/** @param fleetAlerts - what is in force for bots that override nothing */
export function botDetails(bot: Bot, fleetAlerts: AlertSettings): BotDetails {
  return {
    ...botView(bot),
    alerts: shownOverrides(bot.alerts ?? {}),
    effective_alerts: effectiveAlerts(alertSettings(fleetAlerts, bot.alerts)),
  };
}

export function createdBotView(created: CreatedBot): CreatedBotView {
  return {
    ...botView(created.bot),
    webhook_secret: created.webhookSecret,
    report_token: created.reportToken,
  };
}
