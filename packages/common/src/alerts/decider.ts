/**
 * The life of an alert, of one bot by one rule: what happens next (`decide`), what the log makes of it
 * (`evolve`), and which notifications are due (`dueTransitions`). The services around it judge bots, write to
 * the log and send mails.
 */
import type { Bot } from '../bots/bot.ts';
import { iso } from '../values/iso.ts';
import {
  type AlertTransition,
  alertIdOf,
  type PastTransition,
  pastOf,
  type TransitionName,
  transitionsOf,
} from './alert.ts';
import { isAboutAlertsOf, isOlderReceipt, isSettled, type MailReceipt } from './mail-receipt.ts';
import { formatSpan } from './rules/format-span.ts';

/** The newest of a bot and rule; without a state nothing ever happened. */
export interface AlertState {
  readonly transition: AlertTransition;
  /** Of its mails. Null: nothing was tried or decided about them yet. */
  readonly receipt: MailReceipt | null;
  /** Of other channels, by their short names; absent: none had anything to do with it. */
  readonly channels?: Readonly<Record<string, MailReceipt>>;
}

/** What judging found of a bot and rule as of now. */
export type Outcome =
  | ({
      readonly kind: 'holds';
      readonly bot: Pick<Bot, 'bot_id' | 'created_at'>;
      readonly rule: string;
      /** From the receipt of the last notification to a reminder. */
      readonly repeatAfterMs: number;
    } & Described)
  /** The rule does not hold, and nothing shows that the alert is over. */
  | { readonly kind: 'open' }
  /** @see Decision.clearSinceMs, of the decision before */
  | ({ readonly kind: 'clear'; readonly clearSinceMs: number | null } & Described)
  /** There is nothing to judge any more. */
  | ({ readonly kind: 'over' } & Described);

interface Described {
  /** Called only when something happens: words are expensive. */
  account(): Pick<AlertTransition, 'bot_name' | 'reason' | 'severity' | 'facts' | 'causes'>;
}

export interface Decision {
  /** Null: nothing happens. */
  readonly transition: AlertTransition | null;
  /** Since when the rule has been clear, milliseconds since the epoch; null: it is not. */
  readonly clearSinceMs: number | null;
}

/** An alert that comes and goes fires once: its rule must stay clear for this long before it resolves. */
export const RESOLVED_AFTER_MS = 60_000;
/** A message stays small however long an alert fires: of settled transitions the newest are told. */
const MAX_SETTLED_TOLD = 50;
/**
 * A receiver may be away for ever while an alert comes and goes: of transitions that are due the newest are
 * told, and those that a lane is trying. An end whose beginning was left out is told to nobody.
 */
const MAX_DUE_TOLD = 200;

const NOTHING: Decision = { transition: null, clearSinceMs: null };

export function decide(state: AlertState | null, outcome: Outcome, nowMs: number): Decision {
  if (state === null || state.transition.transition === 'resolved') {
    if (outcome.kind !== 'holds') return NOTHING;
    return { transition: firing(state, outcome, nowMs), clearSinceMs: null };
  }
  switch (outcome.kind) {
    case 'over':
      return { transition: next(state, 'resolved', outcome, nowMs), clearSinceMs: null };
    case 'open':
      return NOTHING;
    case 'clear': {
      // Not in the future, should the clock have been set back meanwhile.
      const clearSinceMs = Math.min(outcome.clearSinceMs ?? nowMs, nowMs);
      if (nowMs - clearSinceMs < RESOLVED_AFTER_MS) return { transition: null, clearSinceMs };
      const { reason, ...resolved } = next(state, 'resolved', outcome, nowMs);
      const held = `The rule has not held for ${formatSpan(RESOLVED_AFTER_MS)}.`;
      return { transition: { ...resolved, reason: `${held} ${reason}` }, clearSinceMs };
    }
    case 'holds': {
      const settledMs = settledAtMs(state);
      const isDue = settledMs !== null && nowMs - settledMs >= outcome.repeatAfterMs;
      if (!isDue) return NOTHING;
      return { transition: next(state, 'reminder', outcome, nowMs), clearSinceMs: null };
    }
    default:
      return outcome satisfies never;
  }
}

/**
 * The state after a message; the same one when nothing changes. Other alerters write, too: the first
 * transition of a number stands, and a late receipt takes nothing back.
 * A receipt means nothing before there is a transition that it is about.
 */
export function evolve<State extends AlertState | undefined>(
  state: State,
  event: AlertTransition | MailReceipt,
): State | AlertState {
  // A later version may have added any other field to either.
  if ('earlier' in event) {
    if (state && state.transition.sequence >= event.sequence) return state;
    const receipt = state?.receipt ?? null;
    const channels = Object.entries(state?.channels ?? {});
    const kept = channels.filter(([, one]) => isAboutAlertsOf(one, event));
    return {
      transition: event,
      receipt: receipt && isAboutAlertsOf(receipt, event) ? receipt : null,
      ...(kept.length > 0 ? { channels: Object.fromEntries(kept) } : {}),
    };
  }
  if (!state || !isAboutAlertsOf(event, state.transition)) return state;
  const { channel } = event;
  const before = channel === undefined ? state.receipt : state.channels?.[channel];
  if (before && isOlderReceipt(event, before)) return state;
  if (channel === undefined) return { ...state, receipt: event };
  return { ...state, channels: { ...state.channels, [channel]: event } };
}

/** Transitions whose mails are not settled, oldest first. */
export function dueTransitions({
  transition,
  receipt,
}: Pick<AlertState, 'transition' | 'receipt'>): readonly PastTransition[] {
  const settled = settledSequence(receipt);
  if (transition.sequence <= settled) return [];
  return transitionsOf(transition).filter(({ sequence }) => sequence > settled);
}

/**
 * The same for a channel. Its reminders are not news any more once something came after them. One that
 * was set after mails went out begins with the alert that fires now.
 */
export function dueOfChannel(state: AlertState, channel: string): readonly PastTransition[] {
  const receipt = state.channels?.[channel] ?? null;
  const { transition } = state;
  if (receipt !== null) {
    const due = dueTransitions({ transition, receipt });
    const tried = receipt.state === 'sending' ? receipt.sequence : null;
    return due.filter(
      (one, index) =>
        one.transition !== 'reminder' || index === due.length - 1 || one.sequence === tried,
    );
  }
  const due = dueTransitions(state);
  if (due.length > 0 || transition.transition === 'resolved') return due;
  return [{ ...pastOf(transition), transition: 'firing' }];
}

/** Number of the last transition about which nothing more is to be done; 0: of none. */
function settledSequence(receipt: MailReceipt | null): number {
  if (receipt === null) return 0;
  return isSettled(receipt) ? receipt.sequence : receipt.sequence - 1;
}

/**
 * When somebody was last told of the newest transition, milliseconds since the epoch; null: that is still
 * due. A channel that is away keeps no reminder from the others.
 */
function settledAtMs({ transition, receipt, channels = {} }: AlertState): number | null {
  const others = Object.values(channels);
  // That nobody is to be mailed says nothing where there is another way.
  const isNobody = receipt?.state === 'no_receivers' && others.length > 0;
  const settled = [...(receipt && !isNobody ? [receipt] : []), ...others].filter(
    (one) => settledSequence(one) >= transition.sequence,
  );
  return settled.length === 0 ? null : Math.max(...settled.map(({ at }) => Date.parse(at)));
}

function firing(
  before: AlertState | null,
  outcome: Extract<Outcome, { kind: 'holds' }>,
  nowMs: number,
): AlertTransition {
  const { bot, rule } = outcome;
  const subject = { bot_id: bot.bot_id, rule };
  const alert_id = alertIdOf(subject, sequenceAfter(before), bot.created_at);
  const alert = { ...subject, alert_id, fired_at: iso(nowMs) };
  return following(before, alert, 'firing', outcome, nowMs);
}

/** What happens next to an alert that fires. */
function next(
  state: AlertState,
  transition: TransitionName,
  outcome: Described,
  nowMs: number,
): AlertTransition {
  const { bot_id, rule, alert_id, fired_at } = state.transition;
  return following(state, { bot_id, rule, alert_id, fired_at }, transition, outcome, nowMs);
}

function following(
  before: AlertState | null,
  alert: Pick<AlertTransition, 'bot_id' | 'rule' | 'alert_id' | 'fired_at'>,
  transition: TransitionName,
  outcome: Described,
  nowMs: number,
): AlertTransition {
  return {
    ...outcome.account(),
    ...alert,
    sequence: sequenceAfter(before),
    transition,
    at: iso(nowMs),
    earlier: before === null ? [] : toldWith(alert.alert_id, before),
  };
}

function sequenceAfter(state: AlertState | null): number {
  return (state?.transition.sequence ?? 0) + 1;
}

/** What happened to the same alert, and the transitions whose notification is still due, oldest first. */
function toldWith(alertId: string, state: AlertState): PastTransition[] {
  const { transition, receipt, channels = {} } = state;
  const receipts = [receipt, ...Object.values(channels)];
  const settled = Math.min(...receipts.map(settledSequence));
  const mailed = settledSequence(receipt);
  const tried = new Set(receipts.map((one) => one?.sequence));
  // Channels skip reminders that something came after, and this is followed by another transition.
  const isDue = ({ sequence, transition: name }: PastTransition) =>
    sequence > settled && (name !== 'reminder' || sequence > mailed || tried.has(sequence));
  const all = transitionsOf(transition);
  const due = all.filter(isDue);
  const newest = new Set(due.slice(-MAX_DUE_TOLD));
  const kept = new Set(due.filter((one) => newest.has(one) || tried.has(one.sequence)));
  const others = all.filter((one) => !kept.has(one) && one.alert_id === alertId);
  const told = new Set([...others.slice(-MAX_SETTLED_TOLD), ...kept]);
  return all.filter((one) => told.has(one));
}
