/** About how many raw events each day has, from what the store knows of its own parts. */

import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';

/* Raw events are partitioned by day; nothing of them is read for this. */
const SQL = `
  SELECT partition AS day, sum(rows) AS events
  FROM system.parts
  WHERE active AND database = currentDatabase() AND table = 'webhook_events'
  GROUP BY partition`;

const shape = rowShape('the raw events of days', {
  day: Type.String({ pattern: '^\\d{8}$' }),
  events: Count,
});

/** By start of the day in UTC, milliseconds since the epoch. @throws StoreError */
export async function dayLoads(client: ClickHouseClient): Promise<Map<number, number>> {
  const rows = await selectRows(client, { sql: SQL, params: {}, shape });
  return new Map(rows.map(({ day, events }) => [startOf(day), events]));
}

function startOf(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(4, 6)) - 1, Number(day.slice(6, 8)));
}
