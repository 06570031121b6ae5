/** The life of alerts, in simulated time. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE_MS, SECOND_MS } from '../values/durations.ts';
import { iso } from '../values/iso.ts';
import type { AlertTransition, TransitionName } from './alert.ts';
import {
  type AlertState,
  decide,
  dueOfChannel,
  dueTransitions,
  evolve,
  type Outcome,
  RESOLVED_AFTER_MS,
} from './decider.ts';
import type { MailReceipt, MailState } from './mail-receipt.ts';

const REPEAT_AFTER_MS = 30 * MINUTE_MS;
const bot = { bot_id: 'b', name: 'MyBot', created_at: '2026-02-10T00:00:00.000Z' };

type Kind = Outcome['kind'];
const holds = 'holds';
const open = 'open';
const clear = 'clear';

/** An alert that fires: since when it is clear, and when its newest mail was settled. */
interface OpenAlert {
  readonly clearSinceMs: number | null;
  readonly mailSettledMs: number | null;
}

function outcome(kind: Kind, clearSinceMs: number | null = null): Outcome {
  const account = () => ({
    bot_name: bot.name,
    reason: 'why',
    severity: 1,
    facts: { events: 3 },
  });
  return { kind, bot, rule: 'r', clearSinceMs, repeatAfterMs: REPEAT_AFTER_MS, account };
}

/** What is decided, by its name. */
function step(alert: OpenAlert | null, kind: Kind, nowMs: number) {
  const { transition, clearSinceMs } = decide(
    alert && stateOf(alert),
    outcome(kind, alert?.clearSinceMs),
    nowMs,
  );
  return { transition: transition?.transition ?? null, clearSinceMs };
}

function stateOf({ mailSettledMs }: OpenAlert): AlertState {
  const transition = next(null, 'firing');
  if (mailSettledMs === null) return { transition, receipt: null };
  return { transition, receipt: { ...receipt(transition, 'accepted'), at: iso(mailSettledMs) } };
}

/** Decides it, by an outcome that leads to it. */
function next(previous: AlertState | null, transition: TransitionName, nowMs = 0): AlertTransition {
  const { firing, reminder, resolved } = {
    firing: outcome('holds'),
    reminder: { ...outcome('holds'), repeatAfterMs: 0 },
    resolved: outcome('over'),
  };
  const decided = decide(previous, { firing, reminder, resolved }[transition], nowMs).transition;
  if (decided?.transition !== transition) throw new Error(`it is no time for ${transition}`);
  return decided;
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

/** Judges once a second, with mails that are taken at once; tells every transition and its second. */
function live(seconds: number, kindAt: (second: number) => Kind): [string, number][] {
  const transitions: [string, number][] = [];
  let state: AlertState | null = null;
  let clearSinceMs: number | null = null;
  for (let second = 0; second < seconds; second += 1) {
    const now = outcome(kindAt(second), clearSinceMs);
    const decision = decide(state, now, second * SECOND_MS);
    const { transition } = decision;
    clearSinceMs = decision.clearSinceMs;
    if (transition === null) continue;
    transitions.push([transition.transition, second]);
    state = { transition, receipt: receipt(transition, 'accepted') };
  }
  return transitions;
}

test('a rule that holds fires at once, and once', () => {
  expect(live(100, (second) => (second < 10 ? clear : holds))).toEqual([['firing', 10]]);
});

test('it is resolved after it was clear for a minute, and not before', () => {
  expect(live(100, (second) => (second < 10 ? holds : clear))).toEqual([
    ['firing', 0],
    ['resolved', 70],
  ]);
  expect(live(69, (second) => (second < 10 ? holds : clear))).toEqual([['firing', 0]]);
});

test.each([2, 7, 30, 59])(
  'a bot that hovers around the line for an hour, every %d s, fires once and is resolved once',
  (period) => {
    const hour = 3_600;
    const transitions = live(hour + 200, (second) =>
      second < hour && Math.floor(second / period) % 2 === 0 ? holds : clear,
    );
    expect(transitions.filter(([transition]) => transition === 'firing')).toHaveLength(1);
    expect(transitions.filter(([transition]) => transition === 'resolved')).toHaveLength(1);
    expect(transitions.at(-1)?.[1]).toBeGreaterThanOrEqual(hour);
  },
);

test('reminders come while it holds, each so long after the mail before was settled', () => {
  const transitions = live(2 * 3_600, () => holds);
  expect(transitions).toEqual([
    ['firing', 0],
    ['reminder', 1_800],
    ['reminder', 3_600],
    ['reminder', 5_400],
  ]);
});

test('there is no reminder while a mail is due, nor while it is clear', () => {
  const nowMs = 10 * REPEAT_AFTER_MS;
  const unsettled: OpenAlert = { clearSinceMs: null, mailSettledMs: null };
  expect(step(unsettled, holds, nowMs).transition).toBeNull();
  const settled: OpenAlert = { clearSinceMs: null, mailSettledMs: 0 };
  expect(step(settled, holds, nowMs).transition).toBe('reminder');
  expect(step(settled, clear, nowMs)).toEqual({
    transition: null,
    clearSinceMs: nowMs,
  });
});

test('an alert of a bot that is not judged any more is resolved without waiting', () => {
  const over = 'over';
  const alert: OpenAlert = { clearSinceMs: null, mailSettledMs: null };
  expect(step(alert, over, 0).transition).toBe('resolved');
  expect(step(null, over, 0).transition).toBeNull();
});

test('an alert that nothing shows to be over goes on without a reminder, and none begins', () => {
  const hour = 3_600;
  expect(live(hour, (second) => (second < 10 ? holds : open))).toEqual([['firing', 0]]);
  expect(live(hour, () => open)).toEqual([]);
  const almost: OpenAlert = { clearSinceMs: 0, mailSettledMs: 0 };
  const again = step(almost, open, RESOLVED_AFTER_MS - 1);
  expect(again).toEqual({ transition: null, clearSinceMs: null });
});

test('the minute is no longer for a clock that was set back meanwhile', () => {
  const ahead: OpenAlert = { clearSinceMs: 24 * 60 * MINUTE_MS, mailSettledMs: null };
  const { transition, clearSinceMs } = step(ahead, clear, 0);
  expect({ transition, clearSinceMs }).toEqual({ transition: null, clearSinceMs: 0 });
});

test('the minute begins anew when the rule holds in between', () => {
  const almost: OpenAlert = { clearSinceMs: 0, mailSettledMs: 0 };
  const again = step(almost, holds, RESOLVED_AFTER_MS - 1);
  expect(again).toEqual({ transition: null, clearSinceMs: null });
});

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

test('tells every transition whose mail is due, also of alerts before', () => {
  const fired = next(null, 'firing');
  const sending = receipt(fired, 'sending');
  const resolved = next({ transition: fired, receipt: sending }, 'resolved');
  const again = next({ transition: resolved, receipt: sending }, 'firing');
  expect(
    dueTransitions({ transition: again, receipt: sending }).map(({ sequence }) => sequence),
  ).toEqual([1, 2, 3]);
  expect(
    dueTransitions({ transition: again, receipt: receipt(fired, 'refused') }).map(
      ({ sequence }) => sequence,
    ),
  ).toEqual([2, 3]);
  expect(dueTransitions({ transition: again, receipt: receipt(again, 'accepted') })).toEqual([]);
  expect(dueTransitions({ transition: fired, receipt: null })).toMatchObject([{ sequence: 1 }]);
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

describe('whatever is found, and whichever mails are settled', () => {
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom<Kind>('holds', 'open', 'clear', 'over'),
      seconds: fc.constantFrom(1, 30, 60, 3_600),
      receipt: fc.constantFrom<MailState | null>(null, 'sending', 'accepted', 'refused'),
    }),
    { maxLength: 60 },
  );

  /** What comes to stand on the log, in its order, and the state that it adds up to. */
  function history(of: typeof steps extends fc.Arbitrary<infer Steps> ? Steps : never) {
    const events: (AlertTransition | MailReceipt)[] = [];
    let state: AlertState | undefined;
    let clearSinceMs: number | null = null;
    let nowMs = 0;
    const happen = (event: AlertTransition | MailReceipt) => {
      events.push(event);
      state = evolve(state, event);
    };
    for (const { kind, seconds, receipt: mailed } of of) {
      nowMs += seconds * SECOND_MS;
      const decision = decide(state ?? null, outcome(kind, clearSinceMs), nowMs);
      clearSinceMs = decision.clearSinceMs;
      if (decision.transition) happen(decision.transition);
      // Mails go out in the order of their transitions.
      const [oldest] = state ? dueTransitions(state) : [];
      if (mailed !== null && state && oldest) {
        happen(receipt({ ...state.transition, ...oldest }, mailed));
      }
    }
    return { events, state };
  }

  const transitionsIn = (events: readonly (AlertTransition | MailReceipt)[]) =>
    events.filter((event) => 'earlier' in event);

  test('transitions count on, and each alert fires first, and is resolved last', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const transitions = transitionsIn(history(made).events);
        expect(transitions.map(({ sequence }) => sequence)).toEqual(
          transitions.map((_, index) => index + 1),
        );
        const alerts = Map.groupBy(transitions, ({ alert_id }) => alert_id);
        for (const alert of alerts.values()) {
          const names = alert.map(({ transition }) => transition).join(' ');
          expect(names).toMatch(/^firing( reminder)*( resolved)?$/);
        }
      }),
    );
  });

  test('the newest transition tells of all that are due, and none is due twice', () => {
    fc.assert(
      fc.property(steps, (made) => {
        const { events, state } = history(made);
        if (!state) return;
        const settled = events.flatMap((event) =>
          'earlier' in event || event.state === 'sending' ? [] : [event.sequence],
        );
        const upTo = Math.max(0, ...settled);
        const left = transitionsIn(events).filter(({ sequence }) => sequence > upTo);
        expect(dueTransitions(state).map(({ sequence }) => sequence)).toEqual(
          left.map(({ sequence }) => sequence),
        );
      }),
    );
  });

  test('what is read again, in any order, changes nothing', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat()), (made, again) => {
        const { events, state } = history(made);
        const repeated = again.flatMap((index) => events[index % events.length] ?? []);
        expect(repeated.reduce<AlertState | undefined>(evolve, state)).toEqual(state);
      }),
    );
  });
});

describe('channels', () => {
  const CHAT = 'telegram://1';
  const fired = next(null, 'firing');
  const on = (transition: AlertTransition, state: MailState, atMs = 0): MailReceipt => ({
    ...receipt(transition, state),
    at: iso(atMs),
    channel: CHAT,
  });
  const names = (state: AlertState) =>
    dueOfChannel(state, CHAT).map(({ transition }) => transition);

  test('have receipts of their own', () => {
    const state = evolve({ transition: fired, receipt: null }, on(fired, 'accepted'));
    expect(state.receipt).toBeNull();
    expect(dueOfChannel(state, CHAT)).toEqual([]);
    expect(dueTransitions(state)).toHaveLength(1);
  });

  test('that were set after mails went out begin with what fires now', () => {
    const state = { transition: fired, receipt: receipt(fired, 'accepted') };
    expect(names(state)).toEqual(['firing']);
  });

  test('that are away keep no reminder from the others, and miss nothing but reminders', () => {
    const sending = on(fired, 'sending');
    let state: AlertState = {
      transition: fired,
      receipt: receipt(fired, 'accepted'),
      channels: { [CHAT]: sending },
    };
    const reminder = decide(state, outcome('holds'), REPEAT_AFTER_MS).transition;
    expect(reminder?.transition).toBe('reminder');
    if (!reminder) return;
    state = evolve(state, reminder);
    state = evolve(state, receipt(reminder, 'accepted'));
    expect(names(state)).toEqual(['firing', 'reminder']);
    const resolved = decide(state, outcome('clear', 0), RESOLVED_AFTER_MS).transition;
    if (!resolved) throw new Error('it is not resolved');
    state = evolve(evolve(state, resolved), receipt(resolved, 'accepted'));
    expect(names(state)).toEqual(['firing', 'resolved']);
    const again = decide(state, outcome('holds'), 2 * REPEAT_AFTER_MS).transition;
    if (!again) throw new Error('it does not fire again');
    state = evolve(state, again);
    expect(names(state)).toEqual(['firing', 'resolved', 'firing']);
  });

  test('that are away for ever do not make the messages of a long alert large', () => {
    const away = { [CHAT]: on(fired, 'sending') };
    let last = fired;
    for (let reminder = 0; reminder < 1_000; reminder += 1) {
      last = next(
        { transition: last, receipt: receipt(last, 'accepted'), channels: away },
        'reminder',
      );
    }
    expect(last.earlier.length).toBeLessThanOrEqual(52);
    expect(names({ transition: last, receipt: null, channels: away })).toEqual([
      'firing',
      'reminder',
    ]);
  });

  test('that are away for ever do not make the messages of an alert that comes and goes large', () => {
    const away = { [CHAT]: on(fired, 'sending') };
    let last = fired;
    for (let round = 0; round < 1_000; round += 1) {
      const name = last.transition === 'resolved' ? 'firing' : 'resolved';
      last = next({ transition: last, receipt: receipt(last, 'accepted'), channels: away }, name);
    }
    expect(last.earlier.length).toBeLessThanOrEqual(260);
    const due = dueOfChannel({ transition: last, receipt: null, channels: away }, CHAT);
    // What is being tried is seen through, and only the oldest others are left out.
    expect(due[0]?.sequence).toBe(1);
    expect(due.slice(1).map(({ sequence }) => sequence)).toEqual(
      due.slice(1).map((_, index) => last.sequence - due.length + 2 + index),
    );
  });

  test('alone wait for the first notification before they are reminded', () => {
    const nobody = { ...receipt(fired, 'no_receivers'), at: iso(0) };
    const waiting: AlertState = {
      transition: fired,
      receipt: nobody,
      channels: { [CHAT]: on(fired, 'sending') },
    };
    expect(decide(waiting, outcome('holds'), REPEAT_AFTER_MS).transition).toBeNull();
    const told = { ...waiting, channels: { [CHAT]: on(fired, 'accepted', REPEAT_AFTER_MS) } };
    expect(decide(told, outcome('holds'), REPEAT_AFTER_MS).transition).toBeNull();
    expect(decide(told, outcome('holds'), 2 * REPEAT_AFTER_MS).transition?.transition).toBe(
      'reminder',
    );
  });
});
