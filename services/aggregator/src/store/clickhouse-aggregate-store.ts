/** The aggregator's store in ClickHouse. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { FoldPosition, PartitionChanges } from '../domain/partition-fold.ts';
import type { AggregateStore } from './aggregate-store.ts';
import { eventRow, hourRow, positionRow, sliceRow } from './rows.ts';
import { selectPositions, selectReportingBots } from './select-positions.ts';
import {
  selectHours,
  selectHoursSince,
  selectSlices,
  selectSlicesSince,
} from './select-windows.ts';

export function createClickHouseAggregateStore(client: ClickHouseClient): AggregateStore {
  return {
    loadPositions: (partitions) => selectPositions(client, partitions),
    loadReportingBots: (partition, beforeMs) => selectReportingBots(client, partition, beforeMs),
    async loadWindowsSince(owner, sinceMs) {
      return {
        hours: await selectHoursSince(client, owner, sinceMs.hours),
        slices: await selectSlicesSince(client, owner, sinceMs.slices),
      };
    },
    async loadWindows(owner, keys) {
      return {
        hours: await selectHours(client, owner, keys.hours),
        slices: await selectSlices(client, owner, keys.slices),
      };
    },
    async save(changes) {
      await insertRows(
        client,
        'webhook_events',
        rowsOf(changes, (change) => change.events, eventRow),
      );
      await insertRows(
        client,
        'webhook_metrics',
        rowsOf(changes, (change) => change.hours, hourRow),
      );
      await insertRows(
        client,
        'webhook_slices',
        rowsOf(changes, (change) => change.slices, sliceRow),
      );
      await insertRows(
        client,
        'webhook_positions',
        changes.map((change) => positionRow(change.position)),
      );
    },
  };
}

function rowsOf<Item, Row>(
  changes: readonly PartitionChanges[],
  itemsOf: (change: PartitionChanges) => readonly Item[],
  toRow: (item: Item, position: FoldPosition) => Row,
): Row[] {
  return changes.flatMap((change) => itemsOf(change).map((item) => toRow(item, change.position)));
}

/**
 * Rows are objects whose keys are the table's column names, the same for all. They travel without
 * the names: the store reads such rows about a third faster.
 */
export async function insertRows(
  client: ClickHouseClient,
  table: string,
  rows: object[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  const [column, ...columns] = Object.keys(first);
  if (column === undefined) return;
  await client.insert({
    table,
    columns: [column, ...columns],
    values: rows.map((row) => Object.values(row)),
    format: 'JSONCompactEachRow',
  });
}
