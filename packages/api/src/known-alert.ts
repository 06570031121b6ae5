/**
 * What is known of an alert, by the store's history, by the alert table of the log, or by both: the history
 * goes further back, and the table knows at once what happens.
 */
import type { AlertTransition, PastTransition } from '@hookpulse/common/alerts/alert';
import { transitionsOf } from '@hookpulse/common/alerts/alert';
import { isSettled, type MailReceipt } from '@hookpulse/common/alerts/mail-receipt';

export type KnownTransition = Omit<PastTransition, 'alert_id' | 'fired_at'>;
export type KnownReceipt = Pick<
  MailReceipt,
  'sequence' | 'state' | 'detail' | 'at' | 'receivers' | 'attempts' | 'next_attempt_at'
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
  /** The newest of each transition that has one, in the order of their numbers. */
  readonly receipts: readonly KnownReceipt[];
}

/** The newest of a bot and rule, and alerts before it of which the newest message still tells. */
export function alertsTold(
  newest: AlertTransition,
  receipt: MailReceipt | null,
): readonly KnownAlert[] {
  const byAlert = Map.groupBy(transitionsOf(newest), ({ alert_id }) => alert_id);
  return [...byAlert].map(([alertId, told]) => ({
    alertId,
    botId: newest.bot_id,
    botName: newest.bot_name,
    rule: newest.rule,
    firedAtMs: Date.parse(told[0]?.fired_at ?? newest.fired_at),
    transitions: told,
    receipts: receipt?.alert_id === alertId ? [receipt] : [],
  }));
}

/** @param newer - what it tells replaces what the other says of the same transition */
export function mergeAlerts(older: KnownAlert, newer: KnownAlert): KnownAlert {
  return {
    ...newer,
    transitions: mergeBySequence(older.transitions, newer.transitions),
    receipts: mergeBySequence(older.receipts, newer.receipts),
  };
}

export function isResolved({ transitions }: Pick<KnownAlert, 'transitions'>): boolean {
  return transitions.at(-1)?.transition === 'resolved';
}

/**
 * What became of a transition's mail: its own receipt, or a later one of the alert, which settles all
 * before it. Null: nothing yet.
 */
export function receiptOf(
  sequence: number,
  receipts: readonly KnownReceipt[],
): KnownReceipt | null {
  const own = receipts.find((receipt) => receipt.sequence === sequence);
  if (own && isSettled(own)) return own;
  return receipts.find((receipt) => receipt.sequence > sequence) ?? own ?? null;
}

function mergeBySequence<Item extends { readonly sequence: number }>(
  older: readonly Item[],
  newer: readonly Item[],
): Item[] {
  const merged = new Map([...older, ...newer].map((item) => [item.sequence, item]));
  return [...merged.values()].toSorted((a, b) => a.sequence - b.sequence);
}
