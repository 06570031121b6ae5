/** Counting anew in ClickHouse. */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { Piece } from '../domain/rebuild-plan.ts';
import type { PartitionEpoch } from '../store/aggregate-store.ts';
import { insertRows } from '../store/clickhouse-aggregate-store.ts';
import { hourRow } from '../store/rows.ts';
import { deleteUpTo, deleteVersions } from './delete-windows.ts';
import type { RebuildStore, WindowKind } from './rebuild-store.ts';
import { selectBotHours } from './select-bot-hours.ts';
import { selectRawEvents } from './select-raw-events.ts';
import { selectStoredWindows } from './select-stored-windows.ts';

/** @param sync - waits until the server that is asked has what was stored in a table before */
export function createClickHouseRebuildStore(
  client: ClickHouseClient,
  sync: (table: string) => Promise<void> = async () => {},
): RebuildStore {
  return {
    async loadBotHours(partition, span) {
      await sync('webhook_events');
      await sync('webhook_metrics');
      return selectBotHours(client, partition, span);
    },
    async *readRawEvents(owner, piece, belowOffset) {
      await sync('webhook_events');
      yield* selectRawEvents(client, owner, piece, belowOffset);
    },
    async loadStoredWindows(kind: WindowKind, owner: PartitionEpoch, piece: Piece) {
      await sync(kind === 'hours' ? 'webhook_metrics' : 'webhook_slices');
      return selectStoredWindows(client, kind, owner, piece);
    },
    async saveHours(owner, hours) {
      const rows = hours.map(({ nextOffset, ...hour }) =>
        hourRow(hour, { ...owner, nextOffset, last: null }),
      );
      await insertRows(client, 'webhook_metrics', rows);
    },
    deleteUpTo: (kind, owner, keys, nextOffset) =>
      deleteUpTo(client, kind, owner, keys, nextOffset),
    deleteVersions: (kind, owner, keys) => deleteVersions(client, kind, owner, keys),
  };
}
