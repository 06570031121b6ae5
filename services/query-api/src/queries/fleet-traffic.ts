/** What every bot's slices of the last 15 minutes add up to: one query for the whole fleet. */

import type { BotTraffic } from '@hookpulse/api/fleet-health';
import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { DurationSum, TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';

/*
 * - A row is one bot's 10 seconds as one partition and epoch of the log has fed it, so a bot's
 *   traffic is the sum over its rows; FINAL leaves each row's newest state only.
 * - Counters are summed first and compared afterwards (`events` in domain/counters): a sum of each
 *   slice's maximum would count an update twice whose processing is reported in a later slice.
 * - There is no upper bound: an event whose sender's clock is ahead counts as soon as it is stored.
 */
const SQL = `
  SELECT
    bot_id,
    sum(requests_received) AS requests_received,
    sum(requests_processed) AS requests_processed,
    sum(requests_failed) AS requests_failed,
    sum(processing_time_sum_ms) AS processing_time_sum_ms,
    sum(processing_time_count) AS processing_time_count,
    toUnixTimestamp64Milli(max(last_event_at)) AS last_event_ms
  FROM webhook_slices FINAL
  WHERE start >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
  GROUP BY bot_id`;

const shape = rowShape('the traffic of the fleet', {
  bot_id: Type.String(),
  requests_received: Count,
  requests_processed: Count,
  requests_failed: Count,
  processing_time_sum_ms: DurationSum,
  processing_time_count: Count,
  last_event_ms: TimeMs,
});

/**
 * @param fromMs - start of the first slice, milliseconds since the epoch
 * @throws StoreError
 */
export async function fleetTraffic(
  client: ClickHouseClient,
  fromMs: number,
): Promise<Map<string, BotTraffic>> {
  const rows = await selectRows(client, { sql: SQL, params: { from_ms: fromMs }, shape });
  return new Map(
    rows.map(
      ({ bot_id, processing_time_sum_ms, processing_time_count, last_event_ms, ...counts }) => [
        bot_id,
        {
          ...counts,
          processing: { sumMs: processing_time_sum_ms, count: processing_time_count },
          lastEventMs: last_event_ms,
        },
      ],
    ),
  );
}
