/** Which mails of a bot and rule are still to be sent. */
import {
  type AlertTransition,
  type PastTransition,
  transitionsOf,
} from '@hookpulse/common/alerts/alert';
import { isSettled, type MailReceipt } from '@hookpulse/common/alerts/mail-receipt';

/** Number of the last transition about which nothing more is to be done; 0: of none. */
export function settledSequence(receipt: MailReceipt | null): number {
  if (receipt === null) return 0;
  return isSettled(receipt) ? receipt.sequence : receipt.sequence - 1;
}

/** Oldest first. */
export function dueMails(
  transition: AlertTransition,
  receipt: MailReceipt | null,
): readonly PastTransition[] {
  const settled = settledSequence(receipt);
  if (transition.sequence <= settled) return [];
  return transitionsOf(transition).filter(({ sequence }) => sequence > settled);
}
