/** Mails that are due, and a log that does not answer at once. */

import type { Outcome } from '@hookpulse/channels/notification';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import type { Silence } from '@hookpulse/common/alerts/silence';
import { steadyClock, systemClock } from '@hookpulse/common/runtime/clock';
import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { describe, expect, test } from '@jest/globals';
import { alerterMetrics } from '../metrics.ts';
import { type MailerDeps, startMailer } from './mailer.ts';

const fired = sampleFiring('2026-02-10T20:00:00Z');
/** Often, so that nobody waits long. */
const LOOK_INTERVAL_MS = 20;

/** A mailer for one bot and rule, on a log that is given. */
function startWith(
  state: AlertState,
  publish: EventLog['publish'],
  changes: Partial<MailerDeps> = {},
) {
  const service = createServiceMetrics('alerter');
  const mailer = startMailer(
    {
      log: { publish },
      alertStates: { list: () => [state] },
      controls: { silences: () => [] },
      channel: {
        name: 'smtp',
        send: async () => ({ kind: 'accepted', detail: null, taken: ['ops@example.com'] }),
        close: async () => undefined,
      },
      settings: {
        isEnabled: true,
        text: { publicUrl: null, windowMs: 900_000 },
        idHost: 'example.com',
      },
      clock: systemClock,
      steadyClock,
      logger: silentLogger,
      metrics: alerterMetrics(service.registry),
      receiversOf: () => ['ops@example.com'],
      isMailer: () => true,
      ...changes,
    },
    LOOK_INTERVAL_MS,
  );
  return { close: () => mailer.close(), page: () => service.registry.metrics() };
}

test('what is not mailed is counted once, however often the log has to be asked to note it', async () => {
  let attempts = 0;
  const publish: EventLog['publish'] = async (messages) => {
    if (messages.length === 0) return;
    attempts += 1;
    if (attempts < 3) throw new LogUnavailableError('away');
  };
  const mailer = startWith({ transition: fired, receipt: null }, publish, {
    receiversOf: () => [],
  });
  await until('nothing to be due', async () => {
    return attempts === 3 && (await mailer.page()).includes('hookpulse_alert_mails_owed 0');
  });
  await mailer.close();
  expect(await mailer.page()).toContain(
    'hookpulse_notifications_total{channel="mail",outcome="no_receivers"} 1',
  );
});

test('an alert that goes another way than by mail has somebody to go to', async () => {
  const states: string[] = [];
  const publish: EventLog['publish'] = async (messages) => {
    const receipts = messages.map(({ value }): MailReceipt => JSON.parse(String(value)));
    states.push(...receipts.map(({ state, channel }) => `${channel ?? 'mail'}: ${state}`));
  };
  const mailer = startWith({ transition: fired, receipt: null }, publish, {
    receiversOf: () => ['telegram://1'],
  });
  await until('the receipts of both', () => states.includes('telegram://1: accepted'));
  await mailer.close();
  expect(states).toContain('mail: no_receivers');
  expect(await mailer.page()).toContain(
    'hookpulse_notifications_total{channel="mail",outcome="no_receivers"} 0',
  );
});

test('each alert that a silence swallows has a receipt, and the end that is left the thread of the beginning', async () => {
  const silence: Silence = {
    silence_id: 's',
    bot_id: null,
    rule: null,
    reason: 'moving house',
    created_by: 'Ada',
    created_at: new Date(0).toISOString(),
    ends_at: new Date(Date.now() + 3_600_000).toISOString(),
  };
  const ended = sampleNext(fired, 'resolved', '2026-02-10T20:05:00Z');
  const of = (alert_id: string) => ({ alert_id, fired_at: '2026-02-10T20:20:00.000Z' });
  const again = sampleNext(ended, 'firing', '2026-02-10T20:20:00Z', of('second'));
  const over = sampleNext(again, 'resolved', '2026-02-10T20:30:00Z', of('second'));
  const published: MailReceipt[] = [];
  const publish: EventLog['publish'] = async (messages) => {
    published.push(...messages.map(({ value }): MailReceipt => JSON.parse(String(value))));
  };
  const receipt = sampleReceipt(fired);
  const mailer = startWith({ transition: over, receipt }, publish, {
    controls: { silences: () => [silence] },
  });
  await until('the receipts', () => published.length >= 2);
  await mailer.close();
  const { thread_id } = receipt;
  const told = { state: 'silenced', detail: 'Ada: moving house', thread_id };
  expect(published).toMatchObject([
    { ...told, alert_id: fired.alert_id, sequence: 2 },
    { ...told, alert_id: 'second', sequence: 3 },
  ]);
});

describe('a mail that one receiver has and another does not yet', () => {
  const [ops, dev] = ['ops@example.com', 'dev@example.com'];
  const told = sampleReceipt(fired, { receivers: [ops, dev], told: [ops, dev] });
  const reminder = sampleNext(fired, 'reminder', '2026-02-10T20:30:00Z');
  const resolved = sampleNext(fired, 'resolved', '2026-02-10T20:30:00Z');

  /** Runs a mailer until there is a receipt in that state. @returns whom it tried, and that receipt */
  async function mailUntil(
    wanted: MailReceipt['state'],
    state: AlertState,
    outcome: Outcome,
  ): Promise<{ readonly to: readonly (readonly string[])[]; readonly receipt: MailReceipt }> {
    const to: (readonly string[])[] = [];
    let found: MailReceipt | undefined;
    let nowMs = Date.parse('2026-02-10T21:00:00Z');
    const publish: EventLog['publish'] = async (messages) => {
      const receipts = messages.map(({ value }): MailReceipt => JSON.parse(String(value)));
      found ??= receipts.find((one) => one.state === wanted && to.length > 0);
    };
    const mailer = startWith(state, publish, {
      clock: { now: () => (nowMs += 1_000) },
      receiversOf: () => [ops, dev],
      channel: {
        name: 'smtp',
        async send(mail) {
          to.push(mail.to);
          return outcome;
        },
        close: async () => undefined,
      },
    });
    try {
      const receipt = await until('the receipt', () => found, 5_000);
      return { to, receipt };
    } finally {
      await mailer.close();
    }
  }

  const greylisted: Outcome = { kind: 'later', detail: 'wait', leftTo: [dev], taken: [ops] };
  const accepted: Outcome = { kind: 'accepted', detail: null, taken: [dev] };

  test.each([
    ['firing', { transition: fired, receipt: null }],
    ['reminder', { transition: reminder, receipt: told }],
    ['resolved', { transition: resolved, receipt: told }],
  ])('goes after a restart to the other alone: %s', async (_, state) => {
    const before = await mailUntil('sending', state, greylisted);
    expect(before.to).toEqual([[ops, dev]]);
    const restarted = { ...state, receipt: before.receipt };
    const after = await mailUntil('accepted', restarted, accepted);
    expect(after.to).toEqual([[dev]]);
    expect(after.receipt).toMatchObject({
      receivers: [ops, dev],
      told: expect.arrayContaining([ops, dev]),
      turned_down: [],
    });
    expect(after.receipt).not.toHaveProperty('taken');
  });

  test('is not refused when the other refuses it after a restart', async () => {
    const state = { transition: fired, receipt: null };
    const { receipt } = await mailUntil('sending', state, greylisted);
    const refused: Outcome = { kind: 'refused', detail: 'no such user' };
    const after = await mailUntil('accepted', { ...state, receipt }, refused);
    expect(after.receipt).toMatchObject({ told: [ops], turned_down: [dev] });
  });

  test('goes to both where an earlier version noted it', async () => {
    const receipt = sampleReceipt(fired, { state: 'sending', receivers: [ops, dev] });
    const { to } = await mailUntil('accepted', { transition: fired, receipt }, accepted);
    expect(to).toEqual([[ops, dev]]);
  });
});
