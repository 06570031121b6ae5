/**
 * What is known of an alert, by the store's history, by the alert table of the log, or by both: the history
 * goes further back, and the table knows at once what happens.
 */
import type { PastTransition } from '@hookpulse/common/alerts/alert';
import { transitionsOf } from '@hookpulse/common/alerts/alert';
import type { AlertState } from '@hookpulse/common/alerts/decider';
import { isSettled, type MailReceipt } from '@hookpulse/common/alerts/mail-receipt';

export type KnownTransition = Omit<PastTransition, 'alert_id' | 'fired_at'>;
export type KnownReceipt = Pick<
  MailReceipt,
  'sequence' | 'state' | 'detail' | 'at' | 'receivers' | 'attempts' | 'next_attempt_at' | 'channel'
>;

export interface KnownAlert {
  readonly alertId: string;
  readonly botId: string;
  readonly botName: string;
  readonly rule: string;
  /** Milliseconds since the epoch. */
  readonly firedAtMs: number;
  /** In the order of their numbers, never empty; old ones may be missing. */
  readonly transitions: readonly KnownTransition[];
  /** The newest of each transition and channel that has one, in the order of their numbers. */
  readonly receipts: readonly KnownReceipt[];
}

/** The newest of a bot and rule, and alerts before it of which the newest message still tells. */
export function alertsTold({
  transition: newest,
  receipt,
  channels = {},
}: AlertState): readonly KnownAlert[] {
  const receipts = [...(receipt ? [receipt] : []), ...Object.values(channels)];
  const byAlert = Map.groupBy(transitionsOf(newest), ({ alert_id }) => alert_id);
  return [...byAlert].map(([alertId, told]) => ({
    alertId,
    botId: newest.bot_id,
    botName: newest.bot_name,
    rule: newest.rule,
    firedAtMs: Date.parse(told[0]?.fired_at ?? newest.fired_at),
    transitions: told,
    receipts: receipts.filter(({ alert_id }) => alert_id === alertId),
  }));
}

/** @param newer - what it tells replaces what the other says of the same transition */
export function mergeAlerts(older: KnownAlert, newer: KnownAlert): KnownAlert {
  return {
    ...newer,
    transitions: mergeBy(older.transitions, newer.transitions, ({ sequence }) => `${sequence}`),
    receipts: mergeBy(
      older.receipts,
      newer.receipts,
      ({ sequence, channel = '' }) => `${sequence} ${channel}`,
    ),
  };
}

export function isResolved({ transitions }: Pick<KnownAlert, 'transitions'>): boolean {
  return transitions.at(-1)?.transition === 'resolved';
}

/**
 * What became of a transition's mail: its own receipt, or a later one of the alert, which settles all
 * before it. Null: nothing yet. Where nobody is mailed, it is what became of it on another channel.
 */
export function receiptOf(
  sequence: number,
  receipts: readonly KnownReceipt[],
): KnownReceipt | null {
  return receiptsOf(sequence, receipts)[0] ?? null;
}

/**
 * What became of a transition's notification on every channel, mail first. That nobody was mailed is
 * left out where the notification went another way.
 */
export function receiptsOf(
  sequence: number,
  receipts: readonly KnownReceipt[],
): readonly KnownReceipt[] {
  const all = [...Map.groupBy(receipts, ({ channel }) => channel).values()].flatMap(
    (own) => receiptOn(sequence, own) ?? [],
  );
  const told = all.filter((receipt) => !isToNobody(receipt));
  return (told.length > 0 ? told : all).toSorted((a, b) => order(a) - order(b));
}

/** The newest of each channel beside mail. */
export function newestOfChannels(receipts: readonly KnownReceipt[]): readonly KnownReceipt[] {
  return [...Map.groupBy(receipts, ({ channel }) => channel)].flatMap(([channel, own]) =>
    channel === undefined ? [] : (own.at(-1) ?? []),
  );
}

/** @param receipts - of one channel */
function receiptOn(sequence: number, receipts: readonly KnownReceipt[]): KnownReceipt | null {
  const own = receipts.find((receipt) => receipt.sequence === sequence);
  if (own && isSettled(own)) return own;
  return receipts.find((receipt) => receipt.sequence > sequence) ?? own ?? null;
}

/** A mail that has no receiver, whether its state says so or its empty list. */
function isToNobody({ channel, state, receivers }: KnownReceipt): boolean {
  if (state === 'no_receivers') return true;
  const isMailed = state === 'accepted' || state === 'sending';
  return channel === undefined && isMailed && receivers.length === 0;
}

/** Mails come first. */
function order({ channel }: KnownReceipt): number {
  return channel === undefined ? 0 : 1;
}

function mergeBy<Item extends { readonly sequence: number }>(
  older: readonly Item[],
  newer: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const merged = new Map([...older, ...newer].map((item) => [keyOf(item), item]));
  return [...merged.values()].toSorted((a, b) => a.sequence - b.sequence);
}
