/** A copy of the embedded store while an aggregator flushes to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import Type from 'typebox';
import { copyStore, restoreStore } from './copy-store.ts';
import { insertRows } from './insert-rows.ts';
import { migrate } from './migrate.ts';
import { type ClickHouseClient, openClickHouse } from './open-client.ts';
import { rowShape, selectRows } from './select-rows.ts';
import { EVENTS, eventRow } from './tables/events.ts';
import { POSITIONS, stateColumns } from './tables/positions.ts';

const PLACE = { partition: 0, epoch: 0 };
const NOW_MS = Date.now();

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-copy-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('never has a position above the events that are in it', async () => {
  const copied = join(folder, 'copy');
  await withStore('copied', async (client, dataDir) => {
    await migrate(client, { retentionDays: 7 }, silentLogger);
    let flushes = 0;
    const flushing = new Proxy(client, {
      get(target, name) {
        if (name !== 'command') return Reflect.get(target, name, target);
        return async (params: Parameters<ClickHouseClient['command']>[0]) => {
          const answer = await target.command(params);
          flushes += 1;
          await flush(target, flushes);
          return answer;
        };
      },
    });
    await flush(client, 0);
    await copyStore(flushing, { dataDir, to: copied, name: 'copy' });
    expect(flushes).toBeGreaterThan(3); // one after each table
  });

  await withStore('restored', async (client) => {
    await restoreStore(client, copied);
    const sql = `SELECT (SELECT toFloat64(max(next_offset)) FROM ${POSITIONS.name}) AS position,
      (SELECT toFloat64(count()) FROM ${EVENTS.name} FINAL) AS events`;
    const shape = rowShape('how far the copy is', {
      position: Type.Number(),
      events: Type.Number(),
    });
    const [row] = await selectRows(client, { sql, shape });
    expect(row?.position).toBeGreaterThan(0);
    expect(row?.events).toBeGreaterThanOrEqual(row?.position ?? Number.POSITIVE_INFINITY);
  });
});

/** As the aggregator does: what was read first, how far it was read last. */
async function flush(client: ClickHouseClient, n: number): Promise<void> {
  const event = sampleEvent({
    event_id: sampleEventId(n),
    timestamp: new Date(NOW_MS).toISOString(),
  });
  const logged = { event, eventTimeMs: NOW_MS, offset: BigInt(n), logTimeMs: NOW_MS };
  await insertRows(client, EVENTS, [eventRow(logged, PLACE)]);
  const position = stateColumns({ ...PLACE, nextOffset: BigInt(n + 1) });
  const last = { last_log_time: new Date(NOW_MS).toISOString(), last_fingerprint: '' };
  await insertRows(client, POSITIONS, [{ ...position, ...last }]);
}

/** chDB binds one folder per process, so stores follow one another. */
async function withStore(
  name: string,
  use: (client: ClickHouseClient, dataDir: string) => Promise<void>,
): Promise<void> {
  const dataDir = join(folder, name);
  const client = await openClickHouse({ url: null, dataDir });
  try {
    await use(client, dataDir);
  } finally {
    await client.close();
  }
}
