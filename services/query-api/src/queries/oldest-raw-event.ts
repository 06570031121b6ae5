/** Time of the oldest raw event that is stored. */

import { DAY_MS } from '@hookpulse/common/values/durations';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import { TimeMs } from '@hookpulse/store/tables/table';
import Type from 'typebox';
import { dayLoads } from './day-loads.ts';

/* Only the first day is read. */
const SQL = `
  SELECT toUnixTimestamp64Milli(min(timestamp)) AS time_ms, count() AS events
  FROM webhook_events
  WHERE timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')`;

const shape = rowShape('the oldest raw event', { time_ms: TimeMs, events: Type.Integer() });

/** Milliseconds since the epoch; null when there is none. @throws StoreError */
export async function oldestRawEvent(client: ClickHouseClient): Promise<number | null> {
  for (const fromMs of [...(await dayLoads(client)).keys()].sort((a, b) => a - b)) {
    const params = { from_ms: fromMs, to_ms: fromMs + DAY_MS };
    const [first] = await selectRows(client, { sql: SQL, params, shape });
    if (first && first.events > 0) return first.time_ms;
  }
  return null;
}
