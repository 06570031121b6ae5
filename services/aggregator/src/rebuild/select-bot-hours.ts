/** Which hours of which bots a partition has in a span, with raw events or with rows. */
import { Count } from '@hookpulse/common/values/count';
import { isoDate } from '@hookpulse/common/values/iso';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { BigText } from '@hookpulse/store/tables/table';
import { HOURS } from '@hookpulse/store/tables/windows';
import type { EpochHour, HourSpan } from './rebuild-store.ts';

const shape = rowShape('the hours of bots', {
  ...HOURS.select('bot_id', 'start_ms').fields,
  epoch: Count,
  events: Count,
  last_offset: BigText,
});

/* About how many events: repeated rows that are not merged yet count as well. */
const SQL = `
  SELECT epoch, bot_id, toInt64(toUnixTimestamp(start)) * 1000 AS start_ms, sum(events) AS events,
         toString(max(last_offset)) AS last_offset
  FROM (
    SELECT log_epoch AS epoch, bot_id, toStartOfHour(timestamp) AS start,
           count() AS events, max(log_offset) AS last_offset
    FROM webhook_events
    WHERE log_partition = {partition: UInt32}
      AND timestamp >= fromUnixTimestamp64Milli({from: Int64}, 'UTC')
      AND timestamp < fromUnixTimestamp64Milli({to: Int64}, 'UTC')
      AND ({bot: String} = '' OR bot_id = {bot: String})
    GROUP BY epoch, bot_id, start
    UNION ALL
    SELECT log_epoch AS epoch, bot_id, toDateTime(date, 'UTC') + hour * 3600 AS start,
           0 AS events, toUInt64(0) AS last_offset
    FROM webhook_metrics
    WHERE log_partition = {partition: UInt32}
      AND date BETWEEN {from_date: Date} AND {to_date: Date}
      AND start >= fromUnixTimestamp64Milli({from: Int64}, 'UTC')
      AND start < fromUnixTimestamp64Milli({to: Int64}, 'UTC')
      AND ({bot: String} = '' OR bot_id = {bot: String})
  )
  GROUP BY epoch, bot_id, start
  ORDER BY epoch, bot_id, start`;

/** @throws StoreError */
export async function selectBotHours(
  client: ClickHouseClient,
  partition: number,
  { fromMs, toMs, botId }: HourSpan,
): Promise<EpochHour[]> {
  const rows = await selectRows(client, {
    sql: SQL,
    params: {
      partition,
      from: fromMs,
      to: toMs,
      from_date: isoDate(fromMs),
      to_date: isoDate(toMs),
      bot: botId ?? '',
    },
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return rows.map(({ epoch, bot_id, start_ms, events, last_offset }) => ({
    epoch,
    botId: bot_id,
    startMs: start_ms,
    events,
    lastOffset: events === 0 ? null : BigInt(last_offset),
  }));
}
