/** `GET /api/notifications`: whether anybody is notified of alerts. */
import type { AlertControls } from '@hookpulse/common/alerts/alert-controls';
import { type AlertSettings, alertSettings } from '@hookpulse/common/domain/alerts/alert-settings';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import type { BotRegistry } from '@hookpulse/common/registry/bot-registry';
import { isVisible } from '../domain/access.ts';
import {
  type NotificationChannel,
  NotificationViewSchema,
  notificationView,
} from '../domain/notification-view.ts';
import { visibleBotsOf } from './auth.ts';

export interface NotificationsDeps {
  readonly controls: Pick<AlertControls, 'overrides'>;
  readonly registry: Pick<BotRegistry, 'list'>;
  /** Of the environment. */
  readonly alertDefaults: AlertSettings;
  readonly channel: NotificationChannel;
}

export function registerNotifications(app: HttpApp, deps: NotificationsDeps): void {
  const { controls, registry, alertDefaults, channel } = deps;
  app.get(
    '/api/notifications',
    {
      config: { bots: 'filtered' },
      schema: {
        tags: ['alerts'],
        summary: 'Whether anybody is notified of alerts, and how',
        response: { 200: NotificationViewSchema },
      },
    },
    ({ caller }) => {
      const visible = visibleBotsOf(caller);
      const bots = registry.list().filter(({ bot_id }) => isVisible(visible, bot_id));
      return notificationView(channel, alertSettings(alertDefaults, controls.overrides), bots);
    },
  );
}
