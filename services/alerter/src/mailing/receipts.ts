/**
 * What became of mails, as this alerter knows it: the alert table, and what it has just published itself and
 * the alert table does not show yet. Without that a mail could be sent twice within the way to the log and
 * back.
 */

import { alertKey } from '@hookpulse/common/alerts/alert';
import { type AlertState, evolve } from '@hookpulse/common/alerts/decider';
import { type MailReceipt, receiptKey } from '@hookpulse/common/alerts/mail-receipt';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { receiptToMessage } from '@hookpulse/topic-tables/alerts/alert-messages';

/** Keeps one publish small when a mail names a whole fleet. */
const MAX_RECEIPTS_PER_PUBLISH = 200;

export class Receipts {
  readonly #log: Pick<EventLog, 'publish'>;
  /** By bot and rule, then by channel too. */
  readonly #own = new Map<string, Map<string, MailReceipt>>();

  constructor(log: Pick<EventLog, 'publish'>) {
    this.#log = log;
  }

  /** The state with what this alerter knows of its receipts. */
  with(state: AlertState): AlertState {
    const own = this.#own.get(alertKey(state.transition));
    if (!own) return state;
    const alone = { transition: state.transition, receipt: null };
    let known = state;
    for (const [key, receipt] of own) {
      const shown = receiptIn(state, receipt.channel);
      const mine = evolve<AlertState>(alone, receipt);
      const newest = receiptIn(shown === null ? mine : evolve(mine, shown), receipt.channel);
      // The table has caught up with it, or knows better.
      if (newest !== receipt) own.delete(key);
      else known = evolve(known, receipt);
    }
    return known;
  }

  /** Resolves when all are durable. @throws LogUnavailableError; then some may be, and all may be tried again. */
  async publish(receipts: readonly MailReceipt[]): Promise<void> {
    for (let from = 0; from < receipts.length; from += MAX_RECEIPTS_PER_PUBLISH) {
      const chunk = receipts.slice(from, from + MAX_RECEIPTS_PER_PUBLISH);
      await this.#log.publish(chunk.map(receiptToMessage));
      for (const receipt of chunk) this.#remember(receipt);
    }
  }

  #remember(receipt: MailReceipt): void {
    const key = alertKey(receipt);
    const own = this.#own.get(key) ?? new Map<string, MailReceipt>();
    this.#own.set(key, own.set(receiptKey(receipt), receipt));
  }

  /** Another alerter sends the mails now: the alert table alone is right. */
  forget(): void {
    this.#own.clear();
  }
}

function receiptIn({ receipt, channels }: AlertState, channel: string | undefined) {
  return channel === undefined ? receipt : (channels?.[channel] ?? null);
}
