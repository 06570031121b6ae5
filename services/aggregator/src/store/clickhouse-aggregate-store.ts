/** The aggregator's store in ClickHouse. */
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { EVENTS, eventRow } from '@hookpulse/store/tables/events';
import { POSITIONS } from '@hookpulse/store/tables/positions';
import { HOURS, hourRow, SLICES, sliceRow } from '@hookpulse/store/tables/windows';
import type { FoldPosition, PartitionChanges } from '../domain/partition-fold.ts';
import type { AggregateStore } from './aggregate-store.ts';
import { positionRow, selectPositions, selectReportingBots } from './positions.ts';
import { selectSince, selectWindows } from './select-windows.ts';

export function createClickHouseAggregateStore(client: ClickHouseClient): AggregateStore {
  return {
    loadPositions: (partitions) => selectPositions(client, partitions),
    loadReportingBots: (partition, beforeMs) => selectReportingBots(client, partition, beforeMs),
    async loadWindowsSince(owner, sinceMs) {
      return {
        hours: await selectSince(client, 'hours', owner, sinceMs.hours),
        slices: await selectSince(client, 'slices', owner, sinceMs.slices),
      };
    },
    async loadWindows(owner, keys) {
      return {
        hours: await selectWindows(client, 'hours', owner, keys.hours),
        slices: await selectWindows(client, 'slices', owner, keys.slices),
      };
    },
    async save(changes) {
      await insertRows(client, EVENTS, rowsOf(changes, 'events', eventRow));
      await Promise.all([
        insertRows(client, HOURS, rowsOf(changes, 'hours', hourRow)),
        insertRows(client, SLICES, rowsOf(changes, 'slices', sliceRow)),
      ]);
      const positions = changes.map(({ position }) => positionRow(position));
      await insertRows(client, POSITIONS, positions);
    },
  };
}

function rowsOf<Kind extends 'events' | 'hours' | 'slices', Row>(
  changes: readonly PartitionChanges[],
  kind: Kind,
  toRow: (item: PartitionChanges[Kind][number], position: FoldPosition) => Row,
): Row[] {
  return changes.flatMap(({ [kind]: items, position }) =>
    items.map((item) => toRow(item, position)),
  );
}
