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
  EVENTS_BY_TIME,
  eventOfRow,
  WHOLE_EVENT_COLUMNS,
  wholeEventShape,
} from './tables/events.ts';

/** Numbered like the files: recorded once it is done, and then never done again. */
export const FILL_ERRORS = { version: 15, name: '015_fill_webhook_errors' } as const;

/** An answer of 10 to 30 MB. */
const ROWS_AT_ONCE = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const DAY_MS = 86_400_000;

const PLACE = EVENTS_BY_TIME.select('offset', 'log_partition', 'log_epoch');
const shape = rowShape('errors without a fingerprint', {
  ...wholeEventShape.row.properties,
  log_partition: Count,
  log_epoch: Count,
  offset: PLACE.fields.offset,
});
type StoredError = RowOfShape<typeof shape>;

/*
 * Those of the view, behind a place in the order of the table: it is read on from there, and no further
 * than to a whole answer. Those that came by the view meanwhile are copied again.
 */
const SQL = `
  SELECT ${WHOLE_EVENT_COLUMNS}, ${PLACE.sql}
  FROM ${EVENTS_BY_TIME.name}
  WHERE (event_type = 'error' OR (event_type = 'received' AND status = 'failed'))
    AND timestamp >= fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
    AND (timestamp > fromUnixTimestamp64Milli({after_ms:Int64}, 'UTC')
      OR event_id > {after_id:UUID}
      OR (event_id = {after_id:UUID} AND bot_id > {after_bot:String}))
  ORDER BY timestamp, event_id, bot_id
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
        to_ms: dayMs + DAY_MS,
        after_ms: after?.time_ms ?? dayMs,
        after_id: after?.id ?? FIRST_ID,
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
