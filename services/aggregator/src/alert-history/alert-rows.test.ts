import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import {
  receiptToMessage,
  transitionToMessage,
} from '@hookpulse/topic-tables/alerts/alert-messages';
import { expect, test } from '@jest/globals';
import { alertRowsOf } from './alert-rows.ts';

const LOG_TIME_MS = Date.parse('2026-02-10T20:00:09.500Z');
const firing = sampleFiring('2026-02-10T20:00:00Z');
const resolved = sampleNext(firing, 'resolved', '2026-02-10T20:30:00Z');

function onLog({ topic, key, value }: OutgoingMessage, offset = 0n): LogMessage {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  return {
    topic,
    key,
    value: bytes,
    partition: 0,
    offset,
    timestampMs: LOG_TIME_MS,
    headers: {},
  };
}

test('a message makes a row of each transition that it tells of, each once', () => {
  const messages = [firing, resolved, resolved].map((one) => onLog(transitionToMessage(one)));
  const { transitions, receipts, unreadable } = alertRowsOf(messages);
  const { earlier: _, ...told } = firing;
  const row = { ...told, causes: '' };
  expect(transitions).toEqual([
    row,
    { ...row, sequence: 2, transition: 'resolved', at: resolved.at, reason: 'It is over.' },
  ]);
  expect([receipts, unreadable]).toEqual([[], []]);
});

test('every receipt makes a row, with its place on the log', () => {
  const sent = sampleReceipt(firing, { at: '2026-02-10T21:00:03.000+01:00' });
  const messages = [{ ...sent, state: 'sending' as const }, sent].map((one, index) =>
    onLog(receiptToMessage(one), BigInt(index)),
  );
  const row = { ...sent, at: '2026-02-10T20:00:03.000Z', log_time: '2026-02-10T20:00:09.500Z' };
  expect(alertRowsOf(messages).receipts).toEqual([
    { ...row, state: 'sending', log_offset: '0' },
    { ...row, log_offset: '1' },
  ]);
});

test('what a table could not take is told, and a tombstone is nothing', () => {
  const strange = [
    { ...firing, sequence: 1e300 },
    { ...firing, at: '2345-01-01T00:00:00.000Z' },
  ].map((one) => onLog(transitionToMessage(one)));
  const { transitions, unreadable } = alertRowsOf([
    ...strange,
    onLog({ ...transitionToMessage(firing), value: '{' }),
    onLog({ ...transitionToMessage(firing), key: 'b|no_traffic' }),
    onLog({ ...transitionToMessage(firing), value: null }),
    onLog(receiptToMessage(sampleReceipt(firing, { alerts_named: 1e300 }))),
  ]);
  expect(transitions).toEqual([]);
  expect(unreadable.map(({ reason }) => reason)).toEqual([
    'a time or number is out of range for the store',
    'a time or number is out of range for the store',
    'its value does not match its topic and key',
    'its value does not match its topic and key',
    'a time or number is out of range for the store',
  ]);
});

test('half of a surrogate pair is no text that a store takes', () => {
  const { transitions } = alertRowsOf([
    onLog(transitionToMessage({ ...firing, bot_name: 'a\ud800', facts: { 'b\ud800': 1 } })),
  ]);
  expect(transitions).toMatchObject([{ bot_name: 'a\ufffd', facts: { 'b\ufffd': 1 } }]);
});
