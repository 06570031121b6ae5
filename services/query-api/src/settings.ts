/** What the query API takes from the configuration. */

import type { NotificationChannel } from '@hookpulse/api/notification-view';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import type { Config } from '@hookpulse/service-kit/config/config';
import type { StartDeps } from './start.ts';

export function queryApiSettings(config: Config, adminToken: string): StartDeps['settings'] {
  const { host, ports, trustProxy, corsOrigins, rateLimits } = config.http;
  return {
    host,
    port: ports.queryApi,
    trustProxy,
    corsOrigins,
    rateLimits,
    publicUrl: config.mail.publicUrl,
    telegram: config.forwarding,
    tokens: { ...config.tokens, admin: adminToken },
    errorRateThreshold: config.health.errorRateThreshold,
    outboxFolder: config.mail.outboxDir,
    eventRetentionDays: config.events.retentionDays,
    metricsRetentionDays: config.events.metricsRetentionDays,
    notificationChannel: channelOf(config),
    sending: { mail: config.mail, channels: config.channels },
    alertWindowMs: config.alerts.defaults.windowMs,
    alertDefaults: {
      receivers: config.mail.to,
      rules: defaultRuleSettings(config.alerts.defaults),
    },
  };
}

function channelOf({ alerts, mail }: Pick<Config, 'alerts' | 'mail'>): NotificationChannel {
  if (!alerts.enabled) return 'off';
  return mail.smtpUrl === null ? 'file' : 'mail';
}
