/** The embedded engine is idle once its client is closed. A process that exits before that hangs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openClickHouse } from './open-client.ts';

/** Some milliseconds of work: the engine runs one query after the other. */
const QUERY = 'SELECT sum(number) FROM numbers(10000000)';
const QUERIES = 10;

test('closing waits for queries that are under way', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-embedded-'));
  const client = await openClickHouse({ url: null, dataDir });
  let settled = 0;
  const running = Array.from({ length: QUERIES }, async () => {
    await client.query({ query: QUERY, format: 'JSONEachRow' });
    settled += 1;
  });
  await running[0];
  expect(settled).toBeLessThan(QUERIES);
  await client.close();
  await turn(); // in which the last answer is handed on
  expect(settled).toBe(QUERIES);
  await Promise.all(running);
  await rm(dataDir, { recursive: true });
});
