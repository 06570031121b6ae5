import type { PastTransition, TransitionName } from '@hookpulse/common/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import type { Silence } from '@hookpulse/common/alerts/silence';
import { describe, expect, test } from '@jest/globals';
import { type MailCircumstances, nextMailAction } from './mail-action.ts';

const OPS = 'ops@example.com';
const usual: MailCircumstances = {
  silence: null,
  isEnabled: true,
  receivers: [OPS],
  needsReceivers: true,
};
const silence: Silence = {
  silence_id: 's',
  bot_id: null,
  rule: null,
  reason: 'moving house',
  created_by: 'Ada',
  created_at: '2026-02-10T20:00:00.000Z',
  ends_at: '2026-02-10T21:00:00.000Z',
};

/** Of what is due, the last is the newest transition there is. */
function actionOf(
  due: readonly PastTransition[],
  receipt: MailReceipt | null,
  circumstances: MailCircumstances,
) {
  return nextMailAction(due.at(-1) ?? fired, due, receipt, circumstances);
}

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
  expect(actionOf([fired, resolved], null, usual)).toEqual({
    kind: 'send',
    mail: fired,
    receivers: [OPS],
    telling: 0,
  });
  expect(nextMailAction(resolved, [], null, usual)).toEqual({ kind: 'nothing' });
});

test('a mail that may have been taken is seen through, whatever was set since', () => {
  const circumstances = { ...usual, silence, isEnabled: false, receivers: [] };
  const action = { kind: 'resume', mail: fired, receipt: sending };
  expect(actionOf([fired, resolved], sending, circumstances)).toEqual(action);
  // When it was, the next one is due.
  const accepted: MailReceipt = { ...sending, state: 'accepted', told: [OPS] };
  const send = { kind: 'send', mail: resolved, receivers: [OPS], telling: 0 };
  expect(actionOf([resolved], accepted, usual)).toEqual(send);
});

test('without sending, or receivers, all that is due is settled', () => {
  const disabled = actionOf([fired, resolved], null, { ...usual, isEnabled: false });
  expect(disabled).toMatchObject({ kind: 'settle', state: 'disabled', upTo: resolved });
  const nobody = actionOf([fired], null, { ...usual, receivers: [] });
  expect(nobody).toMatchObject({ kind: 'settle', state: 'no_receivers', upTo: fired });
});

test('a silence holds back what may still be news when it ends, and swallows what is over', () => {
  const silent = { ...usual, silence };
  expect(actionOf([fired], null, silent)).toEqual({ kind: 'hold', silence });
  expect(actionOf([fired, resolved], null, silent)).toMatchObject({
    kind: 'settle',
    state: 'silenced',
    upTo: resolved,
    detail: 'Ada: moving house',
  });
  // The second alert goes on.
  expect(actionOf([fired, resolved, again], null, silent)).toMatchObject({ upTo: resolved });
  // Its beginning was mailed before: its end is to be heard of, too.
  expect(actionOf([resolved], null, silent)).toEqual({ kind: 'hold', silence });
  expect(actionOf([resolved, again], null, silent)).toEqual({ kind: 'hold', silence });
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
  expect(actionOf([resolved, again, over], null, silent)).toEqual(settled);
  expect(actionOf([resolved, again, over, third], null, silent)).toEqual(settled);
  const silenced: MailReceipt = { ...sending, alert_id: 'b', sequence: 3, state: 'silenced' };
  expect(actionOf([over, third], silenced, silent)).toEqual({ kind: 'hold', silence });
  expect(actionOf([over, third, past(6, 'resolved', 'c')], silenced, silent)).toEqual({
    ...settled,
    upTo: third,
  });
});

describe('who becomes a receiver while an alert fires', () => {
  const told: MailReceipt = { ...sending, state: 'accepted', told: [OPS], turned_down: [] };
  const late = 'late@example.com';
  const action = (receipt: MailReceipt, changes: Partial<MailCircumstances> = {}) =>
    nextMailAction(fired, [], receipt, { ...usual, receivers: [OPS, late], ...changes });

  test('is told that it fires, once', () => {
    expect(action(told)).toEqual({ kind: 'send', mail: fired, receivers: [late], telling: 1 });
    const both: MailReceipt = { ...told, told: [OPS, late], telling: 1 };
    expect(action(both)).toEqual({ kind: 'nothing' });
    expect(action({ ...told, turned_down: [late] })).toEqual({ kind: 'nothing' });
    expect(action(told, { isEnabled: false })).toEqual({ kind: 'nothing' });
    expect(action(told, { silence })).toEqual({ kind: 'nothing' });
  });

  test('is told in the words of the newest reminder, as news', () => {
    const reminder = past(2, 'reminder');
    const receipt: MailReceipt = { ...told, sequence: 2 };
    expect(nextMailAction(reminder, [], receipt, { ...usual, receivers: [late] })).toEqual({
      kind: 'send',
      mail: { ...reminder, transition: 'firing' },
      receivers: [late],
      telling: 1,
    });
    // The mail to them may have been taken when the process died.
    const underWay: MailReceipt = { ...receipt, state: 'sending', telling: 1 };
    expect(nextMailAction(reminder, [reminder], underWay, usual)).toMatchObject({
      kind: 'resume',
      mail: { sequence: 2, transition: 'firing' },
    });
  });

  test.each(['disabled', 'no_receivers', 'refused'] as const)(
    'is told after nobody was (%s)',
    (state) => {
      const nobody: MailReceipt = { ...sending, state, told: null };
      expect(action(nobody)).toMatchObject({ kind: 'send', receivers: [OPS, late], telling: 1 });
      // Without receivers it is written where mails are files.
      expect(action(nobody, { receivers: [] })).toEqual({ kind: 'nothing' });
      const written = { receivers: [], needsReceivers: false };
      expect(action(nobody, written)).toMatchObject({ kind: 'send', receivers: [] });
      expect(action({ ...nobody, told: [] }, written)).toEqual({ kind: 'nothing' });
    },
  );

  test('and who is none any more, is not told that it is over; nor is who never was', () => {
    const over = (receipt: MailReceipt, changes: Partial<MailCircumstances> = {}) =>
      nextMailAction(resolved, [resolved], receipt, {
        ...usual,
        receivers: [OPS, late],
        ...changes,
      });
    expect(over(told)).toMatchObject({ kind: 'send', mail: resolved, receivers: [OPS] });
    const nobody = { kind: 'settle', state: 'no_receivers', upTo: resolved };
    expect(over(told, { receivers: [late] })).toMatchObject(nobody);
    expect(over({ ...told, told: null })).toMatchObject(nobody);
    const written = { receivers: [], needsReceivers: false };
    expect(over({ ...told, told: [] }, written)).toMatchObject({ kind: 'send', receivers: [] });
  });

  test('receipts of an earlier version say whom their mail went to', () => {
    const { told: _told, turned_down: _down, ...before } = told;
    expect(action(before)).toMatchObject({ receivers: [late] });
  });
});
