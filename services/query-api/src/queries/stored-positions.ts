/** How far the aggregator has come in each partition of the log, as the store has it. */

import { Count } from '@hookpulse/common/values/count';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { rowShape, selectRows } from '@hookpulse/store/select-rows';
import type { StoredPosition } from '../domain/reconciliation-answer.ts';

/* Only the newest epoch goes on; in it the highest offset is the position. */
const SQL = `
  SELECT log_partition AS partition, log_epoch AS epoch, next_offset
  FROM webhook_positions FINAL
  ORDER BY log_partition, log_epoch DESC
  LIMIT 1 BY log_partition`;

const shape = rowShape('the stored positions', {
  partition: Count,
  epoch: Count,
  next_offset: Count,
});

/** @throws StoreError */
export async function storedPositions(client: ClickHouseClient): Promise<StoredPosition[]> {
  const rows = await selectRows(client, { sql: SQL, params: {}, shape });
  return rows.map(({ partition, epoch, next_offset }) => ({
    partition,
    epoch,
    nextOffset: next_offset,
  }));
}
