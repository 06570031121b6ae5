import type { PastTransition, TransitionName } from '@hookpulse/common/alerts/alert';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  GATHER_MS,
  type MailItem,
  MailPlanner,
  STORM_END_MS,
  STORM_MS,
  STORM_SIZE,
} from './mail-plan.ts';

let planner: MailPlanner;
beforeEach(() => {
  planner = new MailPlanner('example.com');
});

function transition(name: TransitionName, bot: number): PastTransition {
  const at = new Date(0).toISOString();
  return {
    alert_id: `alert-${bot}`,
    fired_at: at,
    sequence: name === 'firing' ? 1 : 2,
    transition: name,
    at,
    reason: '',
    severity: 0,
    facts: {},
  };
}

function due(bot: number, noticedMs: number, changes: Partial<MailItem> = {}): MailItem {
  return {
    bot_id: `bot-${bot}`,
    bot_name: `Bot ${bot}`,
    rule: 'high_error_rate',
    mail: transition('firing', bot),
    receivers: ['ops@example.com'],
    noticedMs,
    threadId: null,
    isOfStorm: false,
    before: { told: null, turnedDown: [] },
    telling: 0,
    ...changes,
  };
}

function many(from: number, count: number, noticedMs: number): MailItem[] {
  return Array.from({ length: count }, (_, n) => due(from + n, noticedMs));
}

/** Nobody waits for the end of a storm. */
const none = () => 0;
/** By mail: how many alerts it tells of. */
const sizes = (mails: ReturnType<MailPlanner['plan']>) => mails.map(({ items }) => items.length);

describe('few alerts', () => {
  test('wait a moment for others, and are a mail each', () => {
    expect(planner.plan(many(0, 3, 0), GATHER_MS - 1, none)).toEqual([]);
    const mails = planner.plan(many(0, 3, 0), GATHER_MS, none);
    expect(sizes(mails)).toEqual([1, 1, 1]);
    expect(mails[0]).toMatchObject({ messageId: '<alert-0.1@example.com>', threadId: null });
  });

  test('that come one after the other are one outage from the tenth in half a minute on', () => {
    for (let bot = 0; bot < STORM_SIZE - 1; bot += 1) {
      expect(sizes(planner.plan([due(bot, bot * 3_000)], bot * 3_000 + GATHER_MS, none))).toEqual([
        1,
      ]);
    }
    const mails = planner.plan(many(STORM_SIZE, 2, 27_000), 27_000 + GATHER_MS, none);
    expect(sizes(mails)).toEqual([2]);
  });

  test('to other people, or of another kind, are mails of their own', () => {
    const others = [
      ...many(0, STORM_SIZE, 0),
      ...many(20, STORM_SIZE, 0).map((one) => ({ ...one, receivers: ['other@example.com'] })),
      ...many(40, STORM_SIZE, 0).map((one, n) => ({
        ...one,
        mail: transition('reminder', 40 + n),
      })),
    ];
    expect(sizes(planner.plan(others, GATHER_MS, none))).toEqual([10, 10, 10]);
  });
});

describe('an outage', () => {
  test('is told in one mail; what follows comes half a minute later, in the same thread', () => {
    const [first] = planner.plan(many(0, 300, 0), GATHER_MS, none);
    expect(first?.items).toHaveLength(300);
    expect(planner.plan(many(300, 200, 4_000), GATHER_MS + STORM_MS - 1, none)).toEqual([]);
    const [second] = planner.plan(many(300, 200, 4_000), GATHER_MS + STORM_MS, none);
    expect(second?.items).toHaveLength(200);
    expect(second?.threadId).toBe(first?.messageId);
  });

  test('has its reminder in its thread; of several outages it begins one', () => {
    const reminders = many(0, 20, 0).map((one, n) => ({
      ...one,
      mail: transition('reminder', n),
      threadId: '<storm@example.com>',
    }));
    const [mail] = planner.plan(reminders, GATHER_MS, none);
    expect(mail?.items).toHaveLength(20);
    expect(mail?.threadId).toBe('<storm@example.com>');
    const ofTwo = reminders.map((one, n) => ({ ...one, threadId: `<storm-${n % 2}@example.com>` }));
    const laterMs = 10 * STORM_MS;
    const [mixed] = planner.plan(
      ofTwo.map((one) => ({ ...one, noticedMs: laterMs })),
      laterMs + GATHER_MS,
      none,
    );
    expect(mixed?.items).toHaveLength(20);
    expect(mixed?.threadId).toBeNull();
  });

  test('has an id that follows from what the mail tells', () => {
    const [first] = planner.plan(many(0, 30, 0), GATHER_MS, none);
    const [again] = new MailPlanner('example.com').plan(
      many(0, 30, 0).toReversed(),
      GATHER_MS,
      none,
    );
    expect(again?.messageId).toBe(first?.messageId);
    const [more] = new MailPlanner('example.com').plan(many(0, 31, 0), GATHER_MS, none);
    expect(more?.messageId).not.toBe(first?.messageId);
  });

  test('is over in one mail, when its last alert is, or five minutes after its first', () => {
    const ended = many(0, 20, 0).map((one, n) => ({
      ...one,
      mail: transition('resolved', n),
      threadId: '<storm@example.com>',
      isOfStorm: true,
    }));
    const stillFiring = () => 3;
    expect(planner.plan(ended, STORM_END_MS - 1, stillFiring)).toEqual([]);
    expect(sizes(planner.plan(ended, STORM_END_MS, stillFiring))).toEqual([20]);
    const [mail] = planner.plan(ended, GATHER_MS, none);
    expect(mail?.items).toHaveLength(20);
    expect(mail?.threadId).toBe('<storm@example.com>');
  });

  test('holds nothing back for longer when the clock is set back', () => {
    planner.plan(many(0, 30, 0), GATHER_MS, none);
    const dayMs = 24 * 3_600_000;
    expect(sizes(planner.plan(many(30, 2, -dayMs), GATHER_MS - dayMs, none))).toEqual([2]);
  });

  test('that is over does not gather what comes long after it', () => {
    planner.plan(many(0, 30, 0), GATHER_MS, none);
    const laterMs = 10 * STORM_MS;
    expect(sizes(planner.plan(many(60, 2, laterMs), laterMs + GATHER_MS, none))).toEqual([1, 1]);
  });
});
