/** The days of which there are raw events: they have a partition each. */
import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from './open-client.ts';
import { queryRows, type RowOfShape, rowShape } from './select-rows.ts';

const dayShape = rowShape('the days of the raw events', { day: Count, rows: Count });

/** Starts of the days that have rows, seconds since the epoch, with how many parts say they hold; newest first. */
export function storedDays(client: ClickHouseClient): Promise<RowOfShape<typeof dayShape>[]> {
  return queryRows(client, {
    sql: `SELECT toUnixTimestamp(toDateTime(toDate(parseDateTimeBestEffort(partition, 'UTC')), 'UTC')) AS day,
        toUInt64(sum(rows)) AS rows
      FROM system.parts
      WHERE database = currentDatabase() AND table = 'webhook_events' AND active
      GROUP BY day ORDER BY day DESC`,
    shape: dayShape,
  });
}
