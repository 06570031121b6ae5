/** Raw events of a piece in the order of the log, page by page. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { Piece } from '../domain/rebuild-plan.ts';
import type { RawEvent } from '../domain/recount.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

type RawEventRow = Omit<RawEvent, 'timeMs' | 'offset'> & {
  readonly time_ms: number;
  readonly offset: string;
};

/** About 3 MB of JSON, read in some 30 ms. */
const PAGE_EVENTS = 20_000;
const MAX_OFFSET = 2n ** 64n - 1n;

/* Rows that share an offset, which only other programs can have written, come in one page. */
const SQL = `
  SELECT bot_id, event_type, status, error_type, processing_time_ms, response_time_ms,
         toUnixTimestamp64Milli(timestamp) AS time_ms, toString(log_offset) AS offset
  FROM webhook_events FINAL
  WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
    AND bot_id IN {bots: Array(String)}
    AND timestamp >= fromUnixTimestamp64Milli({from: Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to: Int64}, 'UTC')
    AND log_offset >= {from_offset: UInt64} AND log_offset < {below_offset: UInt64}
  ORDER BY log_offset
  LIMIT {limit: UInt32} WITH TIES`;

/** @param belowOffset - null: all there are */
export async function* selectRawEvents(
  client: ClickHouseClient,
  owner: PartitionEpoch,
  piece: Piece,
  belowOffset: bigint | null,
): AsyncGenerator<RawEvent[]> {
  for (let fromOffset = 0n; ; ) {
    const result = await client.query({
      query: SQL,
      query_params: {
        partition: owner.partition,
        epoch: owner.epoch,
        bots: [...piece.botIds],
        from: piece.fromMs,
        to: piece.toMs,
        from_offset: `${fromOffset}`,
        below_offset: `${belowOffset ?? MAX_OFFSET}`,
        limit: PAGE_EVENTS,
      },
      format: 'JSONEachRow',
    });
    const rows = await result.json<RawEventRow>();
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ time_ms, offset, ...fields }) => ({
      ...fields,
      timeMs: time_ms,
      offset: BigInt(offset),
    }));
    if (rows.length < PAGE_EVENTS) return;
    fromOffset = BigInt(last.offset) + 1n;
  }
}
