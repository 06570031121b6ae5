/** Counting anew in ClickHouse. */
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { HOURS, hourRow, SLICES, sliceRow, WINDOW_TABLES } from '@hookpulse/store/tables/windows';
import { deleteUpTo, deleteVersions } from './delete-windows.ts';
import type { RebuildStore } from './rebuild-store.ts';
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
    async *readRawEvents(owner, piece, fromOffset, belowOffset) {
      await sync('webhook_events');
      yield* selectRawEvents(client, owner, piece, fromOffset, belowOffset);
    },
    async loadStoredWindows(kind, owner, piece) {
      await sync(WINDOW_TABLES[kind].name);
      return selectStoredWindows(client, kind, owner, piece);
    },
    async saveWindows(owner, { hours, slices }) {
      await insertRows(
        client,
        HOURS,
        hours.map((hour) => hourRow(hour, owner)),
      );
      await insertRows(
        client,
        SLICES,
        slices.map((slice) => sliceRow(slice, owner)),
      );
    },
    deleteUpTo: (kind, owner, keys, nextOffset) =>
      deleteUpTo(client, kind, owner, keys, nextOffset),
    deleteVersions: (kind, owner, keys) => deleteVersions(client, kind, owner, keys),
  };
}
