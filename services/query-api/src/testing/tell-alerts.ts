/** Does what the alerter and the keeper of the history do: tells of alerts, and stores what was told. */

import { type AlertTransition, alertKey, transitionsOf } from '@hookpulse/common/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/alerts/mail-receipt';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { ALERT_MAILS, ALERTS } from '@hookpulse/store/tables/alerts';
import {
  receiptToMessage,
  transitionToMessage,
} from '@hookpulse/topic-tables/alerts/alert-messages';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';

/** Resolves when the table shows it. */
export async function tellTransition(
  { log }: { readonly log: EventLog },
  alerts: AlertStates,
  transition: AlertTransition,
): Promise<void> {
  await log.publish([transitionToMessage(transition)]);
  await until('the transition', () => {
    const known = alerts.get(alertKey(transition))?.transition;
    return known && known.sequence >= transition.sequence;
  });
}

/** Resolves when the table shows it. */
export async function tellReceipt(
  { log }: { readonly log: EventLog },
  alerts: AlertStates,
  receipt: MailReceipt,
): Promise<void> {
  await log.publish([receiptToMessage(receipt)]);
  await until('the receipt', () => {
    const known = alerts.get(alertKey(receipt))?.receipt;
    return known?.sequence === receipt.sequence && known.state === receipt.state;
  });
}

/** A row for each transition that the message tells of. */
export async function storeTransition(
  clickhouse: ClickHouseClient,
  { bot_id, bot_name, rule, ...transition }: AlertTransition,
): Promise<void> {
  const told = transitionsOf({ bot_id, bot_name, rule, ...transition });
  const rows = told.map(({ causes, ...one }) => ({
    ...{ bot_id, bot_name, rule, ...one },
    causes: causes ? JSON.stringify(causes) : '',
  }));
  await insertRows(clickhouse, ALERTS, rows);
}

/** @param place - on the log: milliseconds since the epoch, and the offset */
export async function storeReceipt(
  clickhouse: ClickHouseClient,
  receipt: MailReceipt,
  place: { readonly timeMs: number; readonly offset: number },
): Promise<void> {
  const log_time = new Date(place.timeMs).toISOString();
  await insertRows(clickhouse, ALERT_MAILS, [
    { ...receipt, log_time, log_offset: `${place.offset}` },
  ]);
}
