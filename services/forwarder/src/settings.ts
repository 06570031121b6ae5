/** What the forwarder takes from the configuration. */
import type { Config } from '@hookpulse/service-kit/config/config';
import type { ForwarderSettings } from './start.ts';

export function forwarderSettings({ http, tokens, events, forwarding }: Config): ForwarderSettings {
  return {
    host: http.host,
    port: http.ports.forwarder,
    tokens,
    timeoutMs: events.processingTimeoutMs,
    allowedHosts: forwarding.allowedHosts,
    telegramApiUrl: forwarding.telegramApiUrl,
  };
}
