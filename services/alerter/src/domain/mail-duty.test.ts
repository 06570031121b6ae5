import type { PastTransition, TransitionName } from '@hookpulse/common/domain/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/domain/alerts/mail-receipt';
import type { Silence } from '@hookpulse/common/domain/alerts/silence';
import { expect, test } from '@jest/globals';
import { type MailCircumstances, mailDuty } from './mail-duty.ts';

const usual: MailCircumstances = { silence: null, isEnabled: true, hasReceivers: true };
const silence: Silence = {
  silence_id: 's',
  bot_id: null,
  rule: null,
  reason: 'moving house',
  created_by: 'Ada',
  created_at: '2026-02-10T20:00:00.000Z',
  ends_at: '2026-02-10T21:00:00.000Z',
};

function past(sequence: number, transition: TransitionName, alert = 'a'): PastTransition {
  const at = '2026-02-10T20:00:00.000Z';
  return {
    alert_id: alert,
    fired_at: at,
    sequence,
    transition,
    at,
    reason: '',
    severity: 0,
    facts: {},
  };
}

const fired = past(1, 'firing');
const resolved = past(2, 'resolved');
const again = past(3, 'firing', 'b');
const sending: MailReceipt = {
  bot_id: 'x',
  rule: 'r',
  alert_id: 'a',
  sequence: 1,
  state: 'sending',
  at: fired.at,
  message_id: '<m>',
  thread_id: '<m>',
  receivers: ['ops@example.com'],
  alerts_named: 1,
  detail: null,
};

test('mails go out in their order', () => {
  expect(mailDuty([fired, resolved], null, usual)).toEqual({ kind: 'send', mail: fired });
  expect(mailDuty([], null, usual)).toEqual({ kind: 'nothing' });
});

test('a mail that may have been taken is seen through, whatever was set since', () => {
  const circumstances = { silence, isEnabled: false, hasReceivers: false };
  const duty = { kind: 'resume', mail: fired, receipt: sending };
  expect(mailDuty([fired, resolved], sending, circumstances)).toEqual(duty);
  // Of an older mail it says nothing.
  expect(mailDuty([resolved], sending, usual)).toEqual({ kind: 'send', mail: resolved });
});

test('without sending, or receivers, all that is owed is settled', () => {
  const disabled = mailDuty([fired, resolved], null, { ...usual, isEnabled: false });
  expect(disabled).toMatchObject({ kind: 'settle', state: 'disabled', upTo: resolved });
  const nobody = mailDuty([fired], null, { ...usual, hasReceivers: false });
  expect(nobody).toMatchObject({ kind: 'settle', state: 'no_receivers', upTo: fired });
});

test('a silence holds back what may still be news when it ends, and swallows what is over', () => {
  const silent = { ...usual, silence };
  expect(mailDuty([fired], null, silent)).toEqual({ kind: 'hold', silence });
  expect(mailDuty([fired, resolved], null, silent)).toMatchObject({
    kind: 'settle',
    state: 'silenced',
    upTo: resolved,
    detail: 'Ada: moving house',
  });
  // The second alert goes on.
  expect(mailDuty([fired, resolved, again], null, silent)).toMatchObject({ upTo: resolved });
  // Its beginning was mailed before: its end is to be heard of, too.
  expect(mailDuty([resolved], null, silent)).toEqual({ kind: 'hold', silence });
  expect(mailDuty([resolved, again], null, silent)).toEqual({ kind: 'hold', silence });
});

test('of a bot that comes and goes in a silence, whose beginning was mailed, the last end is enough', () => {
  const silent = { ...usual, silence };
  const over = past(4, 'resolved', 'b');
  const third = past(5, 'firing', 'c');
  const settled = {
    kind: 'settle',
    state: 'silenced',
    upTo: again,
    detail: 'Ada: moving house',
    isThreadKept: true,
  };
  expect(mailDuty([resolved, again, over], null, silent)).toEqual(settled);
  expect(mailDuty([resolved, again, over, third], null, silent)).toEqual(settled);
  const silenced: MailReceipt = { ...sending, alert_id: 'b', sequence: 3, state: 'silenced' };
  expect(mailDuty([over, third], silenced, silent)).toEqual({ kind: 'hold', silence });
  expect(mailDuty([over, third, past(6, 'resolved', 'c')], silenced, silent)).toEqual({
    ...settled,
    upTo: third,
  });
});
