/** From messages about alerts to rows of the history. */

import { type AlertTransition, transitionsOf } from '@hookpulse/common/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import { iso } from '@hookpulse/common/values/iso';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import type { ALERT_MAILS, ALERTS } from '@hookpulse/store/tables/alerts';
import type { RowOf } from '@hookpulse/store/tables/table';
import { readAlertMessage } from '@hookpulse/topic-tables/alerts/alert-messages';

type TransitionRow = RowOf<typeof ALERTS>;
type ReceiptRow = RowOf<typeof ALERT_MAILS>;

export interface AlertRows {
  /** Each once, in its last state. */
  readonly transitions: readonly TransitionRow[];
  readonly receipts: readonly ReceiptRow[];
  readonly unreadable: readonly UnreadableAlertMessage[];
}

export interface UnreadableAlertMessage {
  readonly message: LogMessage;
  /** Why, in words. */
  readonly reason: string;
}

export function alertRowsOf(messages: readonly LogMessage[]): AlertRows {
  const transitions = new Map<string, TransitionRow>();
  const receipts: ReceiptRow[] = [];
  const unreadable: UnreadableAlertMessage[] = [];
  for (const message of messages) {
    const read = readAlertMessage(message);
    switch (read.kind) {
      case 'transition': {
        const rows = transitionRows(read.transition);
        if (rows.every(isStorable)) for (const row of rows) transitions.set(idOf(row), row);
        else unreadable.push({ message, reason: NOT_STORABLE });
        break;
      }
      case 'receipt': {
        // That a mail is tried again and again is no history: the alert table tells it while it lasts.
        if ((read.receipt.attempts ?? 0) > 0) break;
        const row = receiptRow(read.receipt, message);
        if (isStorable(row)) receipts.push(row);
        else unreadable.push({ message, reason: NOT_STORABLE });
        break;
      }
      case 'forget':
        // The history keeps it: erasing the bot deletes it from the store.
        break;
      case 'unreadable':
        unreadable.push({ message, reason: read.reason });
        break;
      default:
        read satisfies never;
    }
  }
  return {
    transitions: [...transitions.values()],
    receipts,
    unreadable,
  };
}

const NOT_STORABLE = 'a time or number is out of range for the store';

/** `DateTime64` ends with the year 2299. */
const LATEST_TIME = '2299-12-31T23:59:59.999Z';
/** Sorts behind every time of this era. */
const NO_TIME = 'no time';
/** What the store's column holds; senders may date a record far beyond it. */
const LATEST_MS = Date.parse('2299-12-31T23:59:59.999Z');

/** One bad row would have the store refuse all rows that come with it, for ever. */
function isStorable(row: TransitionRow | ReceiptRow): boolean {
  const times = 'fired_at' in row ? [row.at, row.fired_at] : [row.at];
  const counts = 'alerts_named' in row ? [row.sequence, row.alerts_named] : [row.sequence];
  return (
    times.every((time) => time > '1970' && time <= LATEST_TIME) &&
    counts.every(Number.isSafeInteger)
  );
}

function transitionRows(newest: AlertTransition): TransitionRow[] {
  const { bot_id, rule } = newest;
  const subject = { bot_id, bot_name: newest.bot_name.toWellFormed(), rule: rule.toWellFormed() };
  return transitionsOf(newest).map((one) => ({
    ...subject,
    alert_id: one.alert_id.toWellFormed(),
    sequence: one.sequence,
    transition: one.transition,
    at: utc(one.at),
    fired_at: utc(one.fired_at),
    reason: one.reason.toWellFormed(),
    severity: one.severity,
    facts: Object.fromEntries(
      Object.entries(one.facts).map(([name, value]) => [name.toWellFormed(), value]),
    ),
    causes: one.causes ? JSON.stringify(one.causes) : '',
  }));
}

function receiptRow(receipt: MailReceipt, { timestampMs, offset }: LogMessage): ReceiptRow {
  return {
    bot_id: receipt.bot_id,
    rule: receipt.rule.toWellFormed(),
    alert_id: receipt.alert_id.toWellFormed(),
    sequence: receipt.sequence,
    log_time: new Date(Math.min(timestampMs, LATEST_MS)).toISOString(),
    log_offset: `${offset}`,
    state: receipt.state,
    at: utc(receipt.at),
    message_id: receipt.message_id?.toWellFormed() ?? null,
    thread_id: receipt.thread_id?.toWellFormed() ?? null,
    // What is not mailed to is told apart by it (`stored-alerts.ts`).
    receivers: (receipt.channel === undefined ? receipt.receivers : [receipt.channel]).map(
      (receiver) => receiver.toWellFormed(),
    ),
    alerts_named: receipt.alerts_named,
    detail: receipt.detail?.toWellFormed() ?? null,
  };
}

/** Whatever its zone was; what is no time sorts as beyond all times. */
function utc(time: string): string {
  const timeMs = Date.parse(time);
  return Number.isNaN(timeMs) ? NO_TIME : iso(timeMs);
}

function idOf({ bot_id, rule, alert_id, sequence }: TransitionRow): string {
  return JSON.stringify([bot_id, rule, alert_id, sequence]);
}
