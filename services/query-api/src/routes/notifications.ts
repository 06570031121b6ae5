/** `GET /api/notifications`: whether anybody is notified of alerts. */

import { isVisible } from '@hookpulse/api/access';
import {
  type NotificationChannel,
  NotificationViewSchema,
  notificationView,
} from '@hookpulse/api/notification-view';
import { type AlertSettings, alertSettings } from '@hookpulse/common/alerts/alert-settings';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
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
        summary: 'Whether and how alert notifications are sent',
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
