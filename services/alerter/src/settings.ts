/** What the alerter takes from the configuration. */
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import type { Config } from '@hookpulse/service-kit/config/config';
import type { AlerterSettings } from './start.ts';

export function alerterSettings({ http, tokens, alerts, mail, channels }: Config): AlerterSettings {
  const { enabled, defaults, heartbeatUrl } = alerts;
  return {
    host: http.host,
    port: http.ports.alerter,
    tokens,
    windowMs: defaults.windowMs,
    base: { receivers: mail.to, rules: defaultRuleSettings(defaults) },
    isMailing: enabled,
    mail,
    channels,
    heartbeatUrl,
  };
}
