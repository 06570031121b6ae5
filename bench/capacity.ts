/**
 * What each process needs for a steady load, one of each service on a real broker: CPU
 * seconds for every 10,000 updates, memory, and bytes on the log and in the store. An update is one
 * delivery and one report of its bot. The figures of docs/guides/scaling.md are these. `hookpulse size`
 * is calculated for the same load and printed beside them. The benchmark fails when the two are far apart.
 *
 *   node bench/capacity.ts [--updates 1000] [--bots 1000] [--seconds 60] [--json]
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, startCluster } from '../test/support/cluster.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { compareWithSizes } from './lib/compare-with-sizes.ts';
import { type ProcessUsage, usageOf } from './lib/process-usage.ts';
import { type Figures, writeResult } from './lib/results.ts';
import { startSteadyLoad } from './lib/steady-load.ts';

const options = benchOptions({
  updates: { type: 'string', default: '1000' },
  bots: { type: 'string', default: '1000' },
  seconds: { type: 'string', default: '60' },
  json: { type: 'boolean', default: false },
});
const seconds = numberOption('seconds', options.seconds);
const bots = numberOption('bots', options.bots);
const updatesPerSecond = numberOption('updates', options.updates);
const EVENTS_PER_UPDATE = 2;
const WARM_UP_MS = 15_000;
const REFERENCE_UPDATES = 10_000;

const cluster = await startCluster({ ingests: 1, aggregators: 1 });
try {
  const load = await startSteadyLoad({
    ingestUrls: cluster.ingests.map(({ url }) => url),
    queryApiUrl: cluster.queryApi.url,
    adminToken: cluster.adminToken,
    eventsPerSecond: updatesPerSecond * EVENTS_PER_UPDATE,
    bots,
    deliveredShare: 1 / EVENTS_PER_UPDATE,
  });
  await delay(WARM_UP_MS);
  const pids = await pidsOf(cluster);
  const before = await usageOfAll(pids);
  const bytesBefore = await bytesOf(cluster);
  const acknowledgedBefore = load.acknowledged;
  load.takeWorstBehindMs();
  await delay(seconds * 1_000);
  const after = await usageOfAll(pids);
  const bytesAfter = await bytesOf(cluster);
  const updates = (load.acknowledged - acknowledgedBefore) / EVENTS_PER_UPDATE;
  const worstBehindMs = Math.round(load.takeWorstBehindMs());
  await load.close();
  const figures: Record<string, string | number> = {
    updatesPerSecond: Math.round(updates / seconds),
    bots,
    worstBehindMs,
    logBytesPerUpdate: Math.round((bytesAfter.log - bytesBefore.log) / updates),
    storeBytesPerUpdate: Math.round((bytesAfter.store - bytesBefore.store) / updates),
  };
  for (const [name, { cpuSeconds, rssMiB }] of after) {
    const used = cpuSeconds - (before.get(name)?.cpuSeconds ?? 0);
    figures[`${name}: CPU s per 10,000 updates`] =
      Math.round((used / updates) * REFERENCE_UPDATES * 100) / 100;
    figures[`${name}: memory, MiB`] = rssMiB;
  }
  const comparison = compareWithSizes(figures, REFERENCE_UPDATES);
  writeResult('capacity', { ...figures, ...comparison.calculated } satisfies Figures, options);
  for (const difference of comparison.differences) console.error(difference);
  if (comparison.differences.length > 0) process.exitCode = 1;
} finally {
  await cluster.close();
}

async function pidsOf({ broker, clickhouse, ...services }: Cluster): Promise<Map<string, number>> {
  const { ingests, aggregators, alerters } = services;
  return new Map([
    ['ingest', ingests[0]?.pid ?? Number.NaN],
    ['aggregator', aggregators[0]?.pid ?? Number.NaN],
    ['alerter', alerters[0]?.pid ?? Number.NaN],
    ['query-api', services.queryApi.pid ?? Number.NaN],
    ['Kafka', await broker.pid()],
    ['ClickHouse (chDB)', await clickhouse.pid()],
  ]);
}

async function usageOfAll(pids: ReadonlyMap<string, number>): Promise<Map<string, ProcessUsage>> {
  const usages = new Map<string, ProcessUsage>();
  for (const [name, pid] of pids) usages.set(name, await usageOf(pid));
  return usages;
}

async function bytesOf({ broker, clickhouse }: Cluster) {
  return { log: await folderBytes(broker.folder), store: await folderBytes(clickhouse.folder) };
}

/** Files come and go while the engines work: what is gone is not counted. */
async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(
    files.map((file) =>
      stat(join(file.parentPath, file.name)).then(
        // Blocks, not length: Kafka's index files are made larger than they are.
        ({ blocks }) => blocks * 512,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
