/** How many raw events each bot has in a span: for cutting long work into pieces. */

import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import Type from 'typebox';
import type { BotLoad } from '../domain/reconciliation-chunks.ts';

/* About how many: repeated rows that are not merged yet count as well, so that FINAL is not needed. */
const SQL = `
  SELECT bot_id, count() AS events
  FROM webhook_events
  WHERE timestamp >= fromUnixTimestamp64Milli({from_ms:Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to_ms:Int64}, 'UTC')
  GROUP BY bot_id
  ORDER BY bot_id`;

const shape = rowShape('the raw events of bots', { bot_id: Type.String(), events: Count });

/** In order of `bot_id`. Both times in milliseconds since the epoch. @throws StoreError */
export async function botLoads(
  client: ClickHouseClient,
  fromMs: number,
  toMs: number,
): Promise<BotLoad[]> {
  const params = { from_ms: fromMs, to_ms: toMs };
  const rows = await selectRows(client, {
    sql: SQL,
    params,
    shape,
    timeoutMs: LONG_ANSWER_TIMEOUT_MS,
  });
  return rows.map(({ bot_id, events }) => ({ botId: bot_id, events }));
}
