/**
 * Copies the errors of a store of before into `webhook_errors`, with their fingerprints; what is stored
 * meanwhile comes by the view. Rows that are copied twice replace themselves.
 */
import { errorFingerprint } from '@hookpulse/common/events/error-fingerprint';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { Count } from '@hookpulse/common/values/count';
import { iso } from '@hookpulse/common/values/iso';
import { insertRows } from './insert-rows.ts';
import type { ClickHouseClient } from './open-client.ts';
import { queryRows, type RowOfShape, rowShape } from './select-rows.ts';
import { storedDays } from './stored-days.ts';
import {
  ERRORS,
  EVENTS,
  eventOfRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from './tables/events.ts';

/** Numbered like the files: recorded once it is done, and then never done again. */
export const FILL_ERRORS = { version: 15, name: '015_fill_webhook_errors' } as const;

/** Some 20 MB of an answer. */
const ROWS_AT_ONCE = 20_000;
const DAY_MS = 86_400_000;

const PLACE = EVENTS.select('offset', 'log_partition', 'log_epoch');
const shape = rowShape('errors without a fingerprint', {
  ...wholeEventShape.row.properties,
  log_partition: Count,
  log_epoch: Count,
  offset: PLACE.fields.offset,
});
type StoredError = RowOfShape<typeof shape>;

/* Those of the view, from a place on in the order of time. */
const SQL = `
  SELECT ${WHOLE_EVENT_COLUMNS}, ${PLACE.sql}
  FROM ${EVENTS.name}
  WHERE (event_type = 'error' OR (event_type = 'received' AND status = 'failed'))
    AND error_fingerprint = ''
    AND timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND (toUnixTimestamp64Milli(timestamp), toString(event_id), bot_id)
      > ({after_ms:Int64}, {after_id:String}, {after_bot:String})
  ORDER BY toUnixTimestamp64Milli(timestamp), toString(event_id), bot_id
  LIMIT {limit:UInt32}`;

/** The newest day first: that is what people look at. @throws ClickHouseError */
export async function fillErrors(client: ClickHouseClient, logger: Logger): Promise<void> {
  for (const { day } of await storedDays(client)) {
    const dayMs = day * 1_000;
    const errors = await fillDay(client, dayMs);
    if (errors > 0) logger.info({ day: iso(dayMs).slice(0, 10), errors }, 'errors copied');
  }
}

async function fillDay(client: ClickHouseClient, dayMs: number): Promise<number> {
  let after: StoredError | undefined;
  let count = 0;
  for (;;) {
    const rows: StoredError[] = await queryRows(client, {
      sql: SQL,
      params: {
        from_ms: dayMs,
        to_ms: dayMs + DAY_MS,
        after_ms: after?.time_ms ?? -1,
        after_id: after?.id ?? '',
        after_bot: after?.bot_id ?? '',
        limit: ROWS_AT_ONCE,
      },
      shape,
    });
    await insertRows(client, ERRORS, rows.map(errorRow));
    count += rows.length;
    after = rows.at(-1);
    if (rows.length < ROWS_AT_ONCE) return count;
  }
}

function errorRow(row: StoredError) {
  const { log_partition, log_epoch, offset, ...event } = row;
  return {
    ...eventOfRow(event),
    log_partition,
    log_epoch,
    log_offset: offset,
    error_fingerprint: errorFingerprint(event),
  };
}
