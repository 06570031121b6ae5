/**
 * The aggregator's store on a cluster, where each server is behind the others by a moment. A stored
 * position means that all below it is stored; it must not be read on a server that has it and lacks
 * the windows that were stored before it. So each read waits until the server it asks has what was
 * inserted anywhere before.
 */
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { AggregateStore } from './aggregate-store.ts';

/**
 * The windows are waited for after the position was read, not before: what was stored in between may
 * have come with the position.
 */
export function readSynced(store: AggregateStore, client: ClickHouseClient): AggregateStore {
  const synced = async <Result>(
    tables: readonly string[],
    read: () => Promise<Result>,
  ): Promise<Result> => {
    for (const table of tables) await syncReplica(client, table);
    return read();
  };
  const windows = ['webhook_metrics', 'webhook_slices'];
  return {
    loadPositions: (partitions) =>
      synced(['webhook_positions'], () => store.loadPositions(partitions)),
    loadWindowsSince: (owner, sinceMs) =>
      synced(windows, () => store.loadWindowsSince(owner, sinceMs)),
    loadWindows: (owner, keys) => synced(windows, () => store.loadWindows(owner, keys)),
    loadReportingBots: (partition, beforeMs) =>
      synced(['webhook_events'], () => store.loadReportingBots(partition, beforeMs)),
    save: (changes) => store.save(changes),
  };
}

/** Waits for the parts of inserts alone; merges do not change what is read. */
export async function syncReplica(client: ClickHouseClient, table: string): Promise<void> {
  await client.command({ query: `SYSTEM SYNC REPLICA ${table} LIGHTWEIGHT` });
}
