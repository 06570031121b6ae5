/** What the query API has counted of some bots: the sum over their hourly rows, which health answers come from. */
import { HOUR_MS } from '@hookpulse/common/values/durations';
import Type from 'typebox';
import type { QueryApi } from '../api/query-api.ts';

const PageSchema = Type.Object({
  metrics: Type.Array(
    Type.Object({
      bot_id: Type.Union([Type.String(), Type.Null()]),
      requests_received: Type.Integer(),
    }),
  ),
  next_cursor: Type.Union([Type.String(), Type.Null()]),
});
const PAGE_ROWS = '1000';

/**
 * Deliveries that were counted.
 * @param sinceMs - from the hour on that holds this moment, milliseconds since the epoch
 * @throws CommandError
 */
export async function countedDeliveries(
  api: QueryApi,
  botIds: ReadonlySet<string>,
  sinceMs: number,
): Promise<number> {
  const from = new Date(Math.floor(sinceMs / HOUR_MS) * HOUR_MS).toISOString();
  let counted = 0;
  let cursor: string | null = null;
  do {
    const query = { from, limit: PAGE_ROWS, ...(cursor === null ? {} : { cursor }) };
    const page = await readPage(api, query);
    for (const { bot_id, requests_received } of page.metrics) {
      if (bot_id !== null && botIds.has(bot_id)) counted += requests_received;
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return counted;
}

function readPage(api: QueryApi, query: Readonly<Record<string, string>>) {
  return api.get('/api/metrics/hourly', PageSchema, query);
}
