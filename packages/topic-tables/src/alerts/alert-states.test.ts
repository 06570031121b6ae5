import { alertKey } from '@hookpulse/common/alerts/alert';
import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { forgetAlertMessages, receiptToMessage, transitionToMessage } from './alert-messages.ts';
import { type AlertStates, openAlertStates } from './alert-states.ts';

const silent = silentLogger;
const fired = sampleFiring('2026-02-10T20:00:00Z');
const resolved = sampleNext(fired, 'resolved', '2026-02-10T20:05:00Z');
const key = alertKey(fired);

let log: EventLog;
let alerts: AlertStates;
let done: PromiseWithResolvers<void>;
let closed: Promise<void>;
beforeEach(async () => {
  done = Promise.withResolvers();
  const opened = Promise.withResolvers<void>();
  closed = withTestLogs(async (logs) => {
    log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    opened.resolve();
    await done.promise;
  });
  await opened.promise;
});
afterEach(async () => {
  await alerts.close();
  done.resolve();
  await closed;
});

describe('the states of alerts', () => {
  test('shows what stands on the log when it is opened, and what comes', async () => {
    await log.publish([transitionToMessage(fired)]);
    alerts = await openAlertStates({ log, logger: silent });
    expect(alerts.get(key)).toEqual({ transition: fired, receipt: null });
    expect([...alerts.ofBot(fired.bot_id)]).toEqual([[fired.rule, alerts.get(key)]]);
    await log.publish([receiptToMessage(sampleReceipt(fired)), transitionToMessage(resolved)]);
    await until('the end', () => alerts.get(key)?.transition.sequence === 2);
    await until('the receipt', () => alerts.get(key)?.receipt !== null);
    expect([...alerts.list()]).toHaveLength(1);
    const another = { ...fired, rule: 'another_rule' };
    await log.publish([transitionToMessage(another)]);
    await until('the other rule', () => alerts.ofBot(fired.bot_id).size === 2);
    expect(alerts.ofBot(fired.bot_id).get(fired.rule)).toEqual(alerts.get(key));
    expect(alerts.ofBot('of nobody').size).toBe(0);
  });

  test('keeps the first of two transitions of one number, and tells it once', async () => {
    const told: string[] = [];
    alerts = await openAlertStates({ log, logger: silent });
    alerts.onTransition(({ reason }) => told.push(reason));
    await log.publish([transitionToMessage({ ...fired, reason: 'first' })]);
    await log.publish([transitionToMessage({ ...fired, reason: 'second' })]);
    await log.publish([transitionToMessage({ ...resolved, reason: 'third' })]);
    await until('the third', () => told.length === 2);
    expect(told).toEqual(['first', 'third']);
  });

  test('leaves out a receipt of transitions that it does not know', async () => {
    alerts = await openAlertStates({ log, logger: silent });
    await log.publish([receiptToMessage(sampleReceipt(resolved)), transitionToMessage(fired)]);
    await until('the alert', () => alerts.get(key) !== undefined);
    expect(alerts.get(key)?.receipt).toBeNull();
  });

  test('does not take back what is known of a mail', async () => {
    alerts = await openAlertStates({ log, logger: silent });
    const states = () => alerts.get(key)?.receipt?.state;
    const accepted = sampleReceipt(fired, { detail: 'taken' });
    await log.publish([transitionToMessage(fired), receiptToMessage(accepted)]);
    await until('the receipt', () => states() === 'accepted');
    await log.publish([receiptToMessage(sampleReceipt(fired, { state: 'sending' }))]);
    await untilRead();
    expect(states()).toBe('accepted');
    const later = sampleReceipt(resolved, { state: 'sending' });
    await log.publish([transitionToMessage(resolved), receiptToMessage(later)]);
    await until('the next mail', () => alerts.get(key)?.receipt?.sequence === 2);
    await log.publish([receiptToMessage(accepted)]);
    await untilRead();
    expect(alerts.get(key)?.receipt).toEqual(later);
  });

  test('forgets the alerts of a bot that was erased, and knows new ones', async () => {
    alerts = await openAlertStates({ log, logger: silent });
    const other = { ...fired, bot_id: 'other' };
    await log.publish([fired, other, resolved].map(transitionToMessage));
    await log.publish([receiptToMessage(sampleReceipt(fired))]);
    await log.publish(forgetAlertMessages(fired.bot_id, []));
    await untilRead();
    expect([...alerts.list()]).toEqual([{ transition: other, receipt: null }]);
    expect(alerts.ofBot(fired.bot_id).size).toBe(0);
    await log.publish([transitionToMessage(fired)]);
    await untilRead();
    expect(alerts.get(key)).toEqual({ transition: fired, receipt: null });
    expect(alerts.ofBot(fired.bot_id).size).toBe(1);
  });

  test('is not misled by the mail of an erased bot that was under way, when the bot is made anew', async () => {
    alerts = await openAlertStates({ log, logger: silent });
    await log.publish([fired, resolved].map(transitionToMessage));
    await log.publish(forgetAlertMessages(fired.bot_id, []));
    await log.publish([receiptToMessage(sampleReceipt(resolved))]);
    await untilRead();
    const anew = { ...fired, alert_id: 'of the bot made anew' };
    const accepted = sampleReceipt(anew);
    await log.publish([transitionToMessage(anew), receiptToMessage(accepted)]);
    await untilRead();
    expect(alerts.get(key)?.receipt).toEqual(accepted);
    const over = sampleNext(anew, 'resolved', '2026-02-10T20:09:00Z');
    await log.publish([transitionToMessage(over)]);
    await untilRead();
    expect(alerts.get(key)).toEqual({ transition: over, receipt: accepted });
  });

  test('says how far it has read, and skips what it cannot read with a warning', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    alerts = await openAlertStates({ log, logger });
    await log.publish([
      { topic: ALERTS_TOPIC, key: 'no|json', value: 'not json' },
      { topic: ALERTS_TOPIC, key: 'another|key', value: JSON.stringify(fired) },
      transitionToMessage(fired),
    ]);
    await until('the alert', () => alerts.get(key) !== undefined);
    await until('two warnings', () => lines.length === 2);
    await untilRead();
  });
});

/** Until all is read that stands on the log. */
async function untilRead(): Promise<void> {
  for (const topic of [ALERTS_TOPIC, ALERT_MAILS_TOPIC]) {
    for (const { partition, endOffset } of await log.ranges(topic)) {
      await until('the end to be reached', () => alerts.reached(topic, partition) >= endOffset);
    }
  }
}

test('shows what became of an alert on each channel, and forgets it with the bot', async () => {
  const chat = sampleReceipt(fired, { channel: 'telegram://1', receivers: ['telegram://1'] });
  await log.publish([transitionToMessage(fired), receiptToMessage(chat)]);
  alerts = await openAlertStates({ log, logger: silent });
  expect(alerts.get(key)).toEqual({
    transition: fired,
    receipt: null,
    channels: { 'telegram://1': chat },
  });
  const pager = sampleReceipt(fired, { channel: 'pagerduty://***-0123abcd' });
  await log.publish([receiptToMessage(pager), receiptToMessage(sampleReceipt(fired))]);
  await until('all receipts', () => {
    const state = alerts.get(key);
    return state?.receipt && Object.keys(state.channels ?? {}).length === 2;
  });
  await log.publish(forgetAlertMessages(fired.bot_id, [...alerts.list()]));
  await log.publish([transitionToMessage(fired)]);
  await until('the bot made anew', () => {
    const state = alerts.get(key);
    return state && state.receipt === null && Object.keys(state.channels ?? {}).length === 0;
  });
});
