/** Does what the alerter and the keeper of the history do: tells of alerts, and stores what was told. */
import type { AlertBoard } from '@hookpulse/common/alerts/alert-board';
import { receiptToMessage, transitionToMessage } from '@hookpulse/common/alerts/alert-messages';
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import {
  type AlertTransition,
  alertKey,
  transitionsOf,
} from '@hookpulse/common/domain/alerts/alert';
import type { MailReceipt } from '@hookpulse/common/domain/alerts/mail-receipt';
import type { EventLog } from '@hookpulse/common/log/event-log';
import { until } from '@hookpulse/common/testing/until';

/** Resolves when the board knows of it. */
export async function tellTransition(
  { log }: { readonly log: EventLog },
  board: AlertBoard,
  transition: AlertTransition,
): Promise<void> {
  await log.publish([transitionToMessage(transition)]);
  await until('the transition', () => {
    const known = board.get(alertKey(transition))?.transition;
    return known && known.sequence >= transition.sequence;
  });
}

/** Resolves when the board knows of it. */
export async function tellReceipt(
  { log }: { readonly log: EventLog },
  board: AlertBoard,
  receipt: MailReceipt,
): Promise<void> {
  await log.publish([receiptToMessage(receipt)]);
  await until('the receipt', () => {
    const known = board.get(alertKey(receipt))?.receipt;
    return known?.sequence === receipt.sequence && known.state === receipt.state;
  });
}

/** A row for each transition that the message tells of. */
export async function storeTransition(
  clickhouse: ClickHouseClient,
  { bot_id, bot_name, rule, ...transition }: AlertTransition,
): Promise<void> {
  const told = transitionsOf({ bot_id, bot_name, rule, ...transition });
  await clickhouse.insert({
    table: 'webhook_alerts',
    values: told.map((one) => ({ bot_id, bot_name, rule, ...one })),
    format: 'JSONEachRow',
  });
}

/** @param place - on the log: milliseconds since the epoch, and the offset */
export async function storeReceipt(
  clickhouse: ClickHouseClient,
  receipt: MailReceipt,
  place: { readonly timeMs: number; readonly offset: number },
): Promise<void> {
  await clickhouse.insert({
    table: 'webhook_alert_mails',
    values: [
      {
        ...receipt,
        log_time: new Date(place.timeMs).toISOString(),
        log_offset: place.offset,
      },
    ],
    format: 'JSONEachRow',
  });
}
