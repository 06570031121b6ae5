/** Where the fold of each partition stands, and which bots report of their own work. */

import { TIMEOUT } from '@hookpulse/common/events/webhook-event';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { FoldPosition } from '../domain/partition-fold.ts';
import { readLastMessage } from './last-message-text.ts';

interface PositionRow {
  readonly log_partition: number;
  readonly log_epoch: number;
  readonly next_offset: string;
  readonly last_log_time_ms: number;
  readonly last_fingerprint: string;
}

/** The newest epoch of each partition, and in it the highest offset. */
export async function selectPositions(
  client: ClickHouseClient,
  partitions: readonly number[],
): Promise<FoldPosition[]> {
  const result = await client.query({
    query: `
      SELECT log_partition, log_epoch, toString(next_offset) AS next_offset,
             toUnixTimestamp64Milli(last_log_time) AS last_log_time_ms, last_fingerprint
      FROM webhook_positions FINAL
      WHERE log_partition IN {partitions: Array(UInt32)}
      ORDER BY log_partition, log_epoch DESC
      LIMIT 1 BY log_partition`,
    query_params: { partitions: [...partitions] },
    format: 'JSONEachRow',
  });
  const rows = await result.json<PositionRow>();
  return rows.map((row) => {
    const nextOffset = BigInt(row.next_offset);
    return {
      partition: row.log_partition,
      epoch: row.log_epoch,
      nextOffset,
      last: readLastMessage(row.last_fingerprint, nextOffset, row.last_log_time_ms),
    };
  });
}

/**
 * A bot reports of its own work when it has said so much as once what became of an update; the
 * time-outs that we announce ourselves say nothing of that.
 */
export async function selectReportingBots(
  client: ClickHouseClient,
  partition: number,
  beforeMs: number,
): Promise<string[]> {
  const result = await client.query({
    query: `
      SELECT DISTINCT bot_id
      FROM webhook_events
      WHERE log_partition = {partition: UInt32}
        AND event_type IN ('processed', 'error')
        AND coalesce(error_type, '') != {timeout: String}
        AND substring(toString(event_id), 15, 1) != '5'
        AND timestamp < fromUnixTimestamp64Milli({before: Int64}, 'UTC')`,
    query_params: { partition, timeout: TIMEOUT, before: beforeMs },
    format: 'JSONEachRow',
  });
  const rows = await result.json<{ bot_id: string }>();
  return rows.map((row) => row.bot_id);
}
