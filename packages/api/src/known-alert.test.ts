import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { describe, expect, test } from '@jest/globals';
import {
  alertsTold,
  isResolved,
  mergeAlerts,
  newestOfChannels,
  receiptOf,
  receiptsOf,
} from './known-alert.ts';

const firing = sampleFiring('2026-02-10T20:00:00Z');
const reminder = sampleNext(firing, 'reminder', '2026-02-10T20:30:00Z');
const resolved = sampleNext(reminder, 'resolved', '2026-02-10T20:40:00Z');

describe('what a message tells', () => {
  test('is an alert with its transitions and its receipt', () => {
    const receipt = sampleReceipt(firing);
    const [alert, ...others] = alertsTold({ transition: reminder, receipt });
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      alertId: firing.alert_id,
      botId: 'a',
      rule: 'high_error_rate',
      firedAtMs: Date.parse(firing.fired_at),
      transitions: [{ sequence: 1 }, { sequence: 2 }],
      receipts: [receipt],
    });
  });

  test('is also the alert before, as long as a mail of it is owed', () => {
    const next = sampleFiring('2026-02-10T22:00:00Z', {
      sequence: 4,
      earlier: [...resolved.earlier.slice(1), { ...resolved }],
    });
    const [before, now] = alertsTold({ transition: next, receipt: sampleReceipt(firing) });
    expect(before).toMatchObject({
      alertId: firing.alert_id,
      firedAtMs: Date.parse(firing.fired_at),
      transitions: [{ sequence: 2 }, { sequence: 3 }],
      receipts: [{ sequence: 1 }],
    });
    expect(now).toMatchObject({ alertId: next.alert_id, receipts: [] });
    expect([before && isResolved(before), now && isResolved(now)]).toEqual([true, false]);
  });
});

test('the newer knowledge of a transition or a receipt replaces the older', () => {
  const sending = sampleReceipt(firing, { state: 'sending' });
  const [older] = alertsTold({ transition: firing, receipt: sending });
  const [newer] = alertsTold({
    transition: { ...resolved, earlier: [] },
    receipt: sampleReceipt(firing),
  });
  if (!older || !newer) throw new Error('nothing was told');
  expect(mergeAlerts(older, newer)).toMatchObject({
    transitions: [{ transition: 'firing' }, { transition: 'resolved' }],
    receipts: [{ sequence: 1, state: 'accepted' }],
  });
});

describe('the receipt of a transition', () => {
  const of = (sequence: number, state: 'sending' | 'accepted' | 'silenced') => ({
    ...sampleReceipt(firing),
    sequence,
    state,
  });

  test.each([
    ['its own', 2, [of(1, 'accepted'), of(2, 'silenced')], 2],
    ['a later one, which settles it', 1, [of(3, 'accepted')], 3],
    ['the next later one', 1, [of(2, 'silenced'), of(3, 'accepted')], 2],
    ['a later one, when its own settles nothing', 1, [of(1, 'sending'), of(2, 'accepted')], 2],
    ['its own, that it is being sent', 1, [of(1, 'sending')], 1],
    ['none of one before', 2, [of(1, 'accepted')], null],
    ['none', 1, [], null],
  ])('is %s', (_name, sequence, receipts, expected) => {
    expect(receiptOf(sequence, receipts)?.sequence ?? null).toBe(expected);
  });
});

test('each channel has receipts of its own, and stands in for mails that go to nobody', () => {
  const nobody = sampleReceipt(firing, { state: 'no_receivers' });
  const chat = sampleReceipt(firing, { channel: 'telegram://1', receivers: ['telegram://1'] });
  const [alert] = alertsTold({
    transition: firing,
    receipt: nobody,
    channels: { 'telegram://1': chat },
  });
  const receipts = alert?.receipts ?? [];
  expect(receiptOf(1, receipts)).toEqual(chat);
  expect(newestOfChannels(receipts)).toEqual([chat]);
  expect(receiptOf(1, [sampleReceipt(firing), chat])).toEqual(sampleReceipt(firing));
});

test.each([
  ['that nobody is mailed', sampleReceipt(firing, { state: 'no_receivers', receivers: [] })],
  ['a mail to nobody', sampleReceipt(firing, { state: 'accepted', receivers: [] })],
])('%s is left out only where another channel was notified', (_name, nobody) => {
  const chat = sampleReceipt(firing, { channel: 'telegram://1', receivers: ['telegram://1'] });
  expect(receiptsOf(1, [nobody])).toEqual([nobody]);
  expect(receiptsOf(1, [nobody, chat])).toEqual([chat]);
  const silenced = sampleReceipt(firing, { state: 'silenced', receivers: [] });
  expect(receiptsOf(1, [chat, silenced])).toEqual([silenced, chat]);
});
