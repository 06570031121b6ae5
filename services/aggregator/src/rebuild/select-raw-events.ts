/** Raw events of a piece in the order of the log, page by page. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { LONG_ANSWER_TIMEOUT_MS, rowShape, selectRows } from '@hookpulse/store/select-rows';
import { EVENTS } from '@hookpulse/store/tables/events';
import type { Piece } from '../domain/rebuild-plan.ts';
import type { RawEvent } from '../domain/recount.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';

/** About 3 MB of JSON, read in some 30 ms. */
const PAGE_EVENTS = 20_000;

const RAW_EVENT = EVENTS.select(
  'bot_id',
  'event_type',
  'status',
  'error_type',
  'processing_time_ms',
  'response_time_ms',
  'time_ms',
  'offset',
);
const shape = rowShape('raw events to count anew', RAW_EVENT.fields);

/* Rows that share an offset, which only other programs can have written, come in one page. */
const SQL = `
  SELECT ${RAW_EVENT.sql}
  FROM ${EVENTS.name} FINAL
  WHERE log_partition = {partition: UInt32} AND log_epoch = {epoch: UInt32}
    AND bot_id IN {bots: Array(String)}
    AND timestamp >= fromUnixTimestamp64Milli({from: Int64}, 'UTC')
    AND timestamp < fromUnixTimestamp64Milli({to: Int64}, 'UTC')
    AND log_offset >= {from_offset: UInt64} AND log_offset < {below_offset: UInt64}
  ORDER BY log_offset
  LIMIT {limit: UInt32} WITH TIES`;

/** @throws StoreError */
export async function* selectRawEvents(
  client: ClickHouseClient,
  owner: PartitionEpoch,
  piece: Piece,
  startOffset: bigint,
  belowOffset: bigint,
): AsyncGenerator<RawEvent[]> {
  for (let fromOffset = startOffset; ; ) {
    const params = {
      partition: owner.partition,
      epoch: owner.epoch,
      bots: [...piece.botIds],
      from: piece.fromMs,
      to: piece.toMs,
      from_offset: `${fromOffset}`,
      below_offset: `${belowOffset}`,
      limit: PAGE_EVENTS,
    };
    const timeoutMs = LONG_ANSWER_TIMEOUT_MS;
    const rows = await selectRows(client, { sql: SQL, params, shape, timeoutMs });
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
