import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import type { MailReceipt, MailState } from '@hookpulse/common/alerts/mail-receipt';
import { expect, test } from '@jest/globals';
import { dueMails } from './due-mails.ts';
import { nextTransition, type PreviousAlert } from './next-transition.ts';

const bot = { bot_id: 'b', name: 'MyBot', created_at: '2026-02-10T00:00:00.000Z' };

function next(
  previous: PreviousAlert | null,
  transition: AlertTransition['transition'],
  nowMs = 0,
): AlertTransition {
  const finding = { severity: 1, facts: { events: 3 } };
  return nextTransition(previous, { bot, rule: 'r', transition, reason: 'why', finding, nowMs });
}

function receipt(of: AlertTransition, state: MailState): MailReceipt {
  return {
    bot_id: of.bot_id,
    rule: of.rule,
    alert_id: of.alert_id,
    sequence: of.sequence,
    state,
    at: of.at,
    message_id: null,
    thread_id: null,
    receivers: [],
    alerts_named: 1,
    detail: null,
  };
}

test('counts on, and keeps an alert apart from the one after it', () => {
  const fired = next(null, 'firing', 1_000);
  expect(fired).toMatchObject({ sequence: 1, fired_at: '1970-01-01T00:00:01.000Z', earlier: [] });
  const resolved = next(
    { transition: fired, receipt: receipt(fired, 'accepted') },
    'resolved',
    2_000,
  );
  expect(resolved).toMatchObject({
    sequence: 2,
    alert_id: fired.alert_id,
    fired_at: fired.fired_at,
    at: '1970-01-01T00:00:02.000Z',
    earlier: [{ sequence: 1, transition: 'firing' }],
  });
  const again = next({ transition: resolved, receipt: receipt(resolved, 'accepted') }, 'firing');
  expect(again).toMatchObject({ sequence: 3, earlier: [] });
  expect(again.alert_id).not.toBe(fired.alert_id);
});

test('two alerters that decide the same speak of the same alert', () => {
  expect(next(null, 'firing', 1).alert_id).toBe(next(null, 'firing', 2).alert_id);
});

test('tells every transition whose mail is owed, also of alerts before', () => {
  const fired = next(null, 'firing');
  const sending = receipt(fired, 'sending');
  const resolved = next({ transition: fired, receipt: sending }, 'resolved');
  const again = next({ transition: resolved, receipt: sending }, 'firing');
  expect(dueMails(again, sending).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(dueMails(again, receipt(fired, 'refused')).map(({ sequence }) => sequence)).toEqual([
    2, 3,
  ]);
  expect(dueMails(again, receipt(again, 'accepted'))).toEqual([]);
  expect(dueMails(fired, null)).toMatchObject([{ sequence: 1 }]);
});

test('a message stays small however long an alert fires', () => {
  let last = next(null, 'firing');
  for (let reminder = 0; reminder < 200; reminder += 1) {
    last = next({ transition: last, receipt: receipt(last, 'accepted') }, 'reminder');
  }
  expect(last.sequence).toBe(201);
  expect(last.earlier).toHaveLength(50);
  expect(last.earlier.at(-1)?.sequence).toBe(200);
});
