/** That the embedded engine is at rest once its client is closed: a process that exits before that hangs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openClickHouse } from './open-client.ts';

test('closing waits for queries that are under way', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-embedded-'));
  const client = await openClickHouse({ url: null, dataDir });
  let isOver = false;
  const running = client.query({ query: 'SELECT sleep(0.5)', format: 'JSONEachRow' }).then(() => {
    isOver = true;
  });
  await client.close();
  await turn(); // in which its answer is told
  expect(isOver).toBe(true);
  await running;
  await rm(dataDir, { recursive: true });
});
