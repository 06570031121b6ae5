/** Mails that are owed, and a log that does not answer at once. */
import type { AlertState } from '@hookpulse/common/alerts/alert-board';
import { sampleFiring } from '@hookpulse/common/alerts/testing/sample-alerts';
import { type EventLog, LogUnavailableError } from '@hookpulse/common/log/event-log';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { createLogger } from '@hookpulse/common/runtime/logger';
import { alerterMetrics, createServiceMetrics } from '@hookpulse/common/runtime/metrics';
import { until } from '@hookpulse/common/testing/until';
import { expect, test } from '@jest/globals';
import { startMailer } from './mailer.ts';

test('what is not mailed is counted once, however often the log has to be asked to note it', async () => {
  const service = createServiceMetrics('alerter');
  const states: AlertState[] = [
    { transition: sampleFiring('2026-02-10T20:00:00Z'), receipt: null },
  ];
  let attempts = 0;
  const publish: EventLog['publish'] = async (messages) => {
    if (messages.length === 0) return;
    attempts += 1;
    if (attempts < 3) throw new LogUnavailableError('away');
  };
  const mailer = startMailer({
    log: { publish },
    board: { list: () => states },
    controls: { silences: () => [] },
    transport: {
      name: 'smtp',
      send: async () => ({ kind: 'accepted', detail: null }),
      close: async () => undefined,
    },
    settings: {
      isEnabled: false,
      text: { publicUrl: null, windowMs: 900_000 },
      idHost: 'example.com',
    },
    clock: systemClock,
    logger: createLogger('test', 'silent'),
    metrics: alerterMetrics(service.registry),
    receiversOf: () => [],
    isMailer: () => true,
  });
  const page = () => service.registry.metrics();
  await until('nothing to be owed', async () => {
    return attempts === 3 && (await page()).includes('hookpulse_alert_mails_owed 0');
  });
  await mailer.close();
  expect(await page()).toContain('hookpulse_alert_mails_total{outcome="disabled"} 1');
});
