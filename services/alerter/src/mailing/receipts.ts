/**
 * What became of mails, as this alerter knows it: the alert table, and what it has just published itself and
 * the alert table does not show yet. Without that a mail could be sent twice within the way to the log and
 * back.
 */

import { alertKey } from '@hookpulse/common/alerts/alert';
import { type AlertState, evolve } from '@hookpulse/common/alerts/decider';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { receiptToMessage } from '@hookpulse/topic-tables/alerts/alert-messages';

/** Keeps one publish small when a mail names a whole fleet. */
const MAX_RECEIPTS_PER_PUBLISH = 200;

export class Receipts {
  readonly #log: Pick<EventLog, 'publish'>;
  readonly #own = new Map<string, MailReceipt>();

  constructor(log: Pick<EventLog, 'publish'>) {
    this.#log = log;
  }

  /** The newest receipt of a bot and rule; null: none. */
  of({ transition, receipt }: AlertState): MailReceipt | null {
    const key = alertKey(transition);
    const own = this.#own.get(key);
    if (!own) return receipt;
    const mine = evolve({ transition, receipt: null }, own);
    const known = receipt === null ? mine : evolve(mine, receipt);
    if (known.receipt !== own) this.#own.delete(key);
    return known.receipt;
  }

  /** Resolves when all are durable. @throws LogUnavailableError; then some may be, and all may be tried again. */
  async publish(receipts: readonly MailReceipt[]): Promise<void> {
    for (let from = 0; from < receipts.length; from += MAX_RECEIPTS_PER_PUBLISH) {
      const chunk = receipts.slice(from, from + MAX_RECEIPTS_PER_PUBLISH);
      await this.#log.publish(chunk.map(receiptToMessage));
      for (const receipt of chunk) this.#own.set(alertKey(receipt), receipt);
    }
  }

  /** Another alerter sends the mails now: the alert table alone is right. */
  forget(): void {
    this.#own.clear();
  }
}
