/** What is to be done about the mails that are owed for one bot and rule. */
import type { PastTransition } from '@hookpulse/common/domain/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/domain/alerts/mail-receipt';
import type { Silence } from '@hookpulse/common/domain/alerts/silence';

export type MailDuty =
  | { readonly kind: 'nothing' }
  /** It was tried before; the same mail is tried again. */
  | { readonly kind: 'resume'; readonly mail: PastTransition; readonly receipt: MailReceipt }
  | { readonly kind: 'send'; readonly mail: PastTransition }
  /** Held back until the silence ends. */
  | { readonly kind: 'hold'; readonly silence: Silence }
  /** All that is owed up to this transition is not sent at all. */
  | {
      readonly kind: 'settle';
      readonly state: 'silenced' | 'disabled' | 'no_receivers';
      readonly upTo: PastTransition;
      readonly detail: string | null;
      /** Whether what is still owed answers to the mail before, although that was of an older alert. */
      readonly isThreadKept: boolean;
    };

export interface MailCircumstances {
  /** The silence that is active for it now. */
  readonly silence: Silence | null;
  /** WEBHOOK_ALERTS_ENABLED. */
  readonly isEnabled: boolean;
  readonly hasReceivers: boolean;
}

/** @param owed - oldest first */
export function mailDuty(
  owed: readonly PastTransition[],
  receipt: MailReceipt | null,
  { silence, isEnabled, hasReceivers }: MailCircumstances,
): MailDuty {
  const [oldest] = owed;
  const newest = owed.at(-1);
  if (!oldest || !newest) return { kind: 'nothing' };
  // The server may have it already: whatever was set since, that mail is seen through.
  if (receipt?.state === 'sending' && receipt.sequence === oldest.sequence) {
    return { kind: 'resume', mail: oldest, receipt };
  }
  const settle = { kind: 'settle', upTo: newest, detail: null, isThreadKept: false } as const;
  if (!isEnabled) return { ...settle, state: 'disabled' };
  if (silence) {
    const unheard = lastUnheard(owed);
    const upTo = unheard ?? beforeLastEnd(owed);
    if (!upTo) return { kind: 'hold', silence };
    const detail = `${silence.created_by}: ${silence.reason}`;
    return { ...settle, state: 'silenced', upTo, detail, isThreadKept: !unheard };
  }
  if (!hasReceivers) return { ...settle, state: 'no_receivers' };
  return { kind: 'send', mail: oldest };
}

/**
 * The end of the last alert that both fired and was resolved while nobody was told: it is out of date
 * when the silence ends. An alert that was mailed before keeps its resolved mail.
 */
function lastUnheard(owed: readonly PastTransition[]): PastTransition | undefined {
  const unheard = new Set(
    owed.filter(({ transition }) => transition === 'firing').map(({ alert_id }) => alert_id),
  );
  const [first] = owed;
  // What comes before it in the order of mails has to wait, and so has everything behind.
  if (!first || !unheard.has(first.alert_id)) return undefined;
  return owed.findLast(
    ({ transition, alert_id }) => transition === 'resolved' && unheard.has(alert_id),
  );
}

/**
 * Of an alert that was mailed before the end is owed, and others came and went since: that it is over
 * is said once, by the last end. What stands before that is no news any more when the silence ends.
 */
function beforeLastEnd(owed: readonly PastTransition[]): PastTransition | undefined {
  const lastEnd = owed.findLastIndex(({ transition }) => transition === 'resolved');
  return lastEnd > 0 ? owed[lastEnd - 1] : undefined;
}
