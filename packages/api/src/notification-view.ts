/** Whether anybody is notified of alerts at all, as the API shows it. */
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { isMailReceiver, shownReceiver } from '@hookpulse/common/alerts/receiver';
import type { Bot } from '@hookpulse/common/bots/bot';
import Type, { type Static } from 'typebox';

export const NOTIFICATION_CHANNELS = ['mail', 'file', 'off'] as const;

export const NotificationViewSchema = Type.Object(
  {
    channel: Type.Enum(NOTIFICATION_CHANNELS, {
      description:
        'mail: sent by SMTP_URL, or by channels of their own; file: written to DATA_DIR/outbox because SMTP_URL is not set; off: WEBHOOK_ALERTS_ENABLED is false',
    }),
    receivers: Type.Integer({ description: 'number of receivers set for all bots' }),
    bots_without_receivers: Type.Integer({
      description:
        'number of enabled bots whose alerts reach nobody because no receiver is set for all bots; a bot with an empty list of its own is not counted',
    }),
  },
  { examples: [{ channel: 'mail', receivers: 1, bots_without_receivers: 0 }] },
);
export type NotificationView = Static<typeof NotificationViewSchema>;
export type NotificationChannel = NotificationView['channel'];

/** @param receivers - in force for bots that override nothing */
export function notificationView(
  channel: NotificationChannel,
  { receivers }: Pick<AlertSettings, 'receivers'>,
  bots: readonly Pick<Bot, 'enabled' | 'alerts'>[],
): NotificationView {
  const inherits = bots.filter(
    ({ enabled, alerts }) => enabled && alerts?.receivers === undefined,
  ).length;
  return {
    channel: channel === 'file' && isWithoutMail(receivers) ? 'mail' : channel,
    receivers: receivers.length,
    bots_without_receivers: receivers.length === 0 ? inherits : 0,
  };
}

/** All are told by other channels. */
function isWithoutMail(receivers: readonly string[]): boolean {
  return receivers.length > 0 && receivers.every((one) => !isMailReceiver(shownReceiver(one)));
}
