/**
 * ClickHouse is away for a while under load: what ingest answers meanwhile, how much memory the
 * aggregators take, and how soon the health answer is up to date after the return. Once the server is
 * killed, so that connections are refused; once it hangs, so that nothing answers.
 *
 *   node bench/store-away.ts [--rate 2000] [--bots 1000] [--seconds 60] [--json]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { type Cluster, startCluster } from '../test/support/cluster.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { usageOf } from './lib/process-usage.ts';
import { writeResult } from './lib/results.ts';
import { type SteadyLoad, startSteadyLoad } from './lib/steady-load.ts';

const options = benchOptions({
  rate: { type: 'string', default: '2000' },
  bots: { type: 'string', default: '1000' },
  seconds: { type: 'string', default: '60' },
  json: { type: 'boolean', default: false },
});
const bots = numberOption('bots', options.bots);
const eventsPerSecond = numberOption('rate', options.rate);
const awayMs = numberOption('seconds', options.seconds) * 1_000;

const WARM_UP_MS = 15_000;
const SAMPLE_INTERVAL_MS = 500;
/** Less than this behind is what the product promises at all times. */
const UP_TO_DATE_MS = 2_000;
const CATCH_UP_TIMEOUT_MS = 300_000;

const killed = await measure('killed', (cluster) => ({
  leave: () => cluster.clickhouse.kill(),
  comeBack: () => cluster.clickhouse.restart(),
}));
const hanging = await measure('hanging', (cluster) => ({
  leave: () => cluster.clickhouse.freeze(),
  comeBack: () => cluster.clickhouse.thaw(),
}));
writeResult(
  'store-away',
  {
    eventsPerSecond,
    bots,
    awaySeconds: awayMs / 1_000,
    ...killed,
    ...hanging,
  },
  options,
);

interface Absence {
  leave(): Promise<void>;
  comeBack(): Promise<void>;
}

async function measure(name: string, absenceOf: (cluster: Cluster) => Absence) {
  console.error(`the store is ${name}`);
  const cluster = await startCluster();
  try {
    const load = await startSteadyLoad({
      ingestUrls: cluster.ingests.map(({ url }) => url),
      queryApiUrl: cluster.queryApi.url,
      adminToken: cluster.adminToken,
      eventsPerSecond,
      bots,
    });
    await delay(WARM_UP_MS);
    const absence = absenceOf(cluster);
    const before = await rssMiB(cluster);
    await absence.leave();
    const largest = await largestRss(cluster, awayMs, before);
    await absence.comeBack();
    const backMs = performance.now();
    const caughtUpMs = await caughtUp(load, backMs);
    const after = await largestRss(cluster, SAMPLE_INTERVAL_MS, largest);
    await load.stopTraffic();
    await until('all to be counted', async () => (await load.counted()) >= load.acknowledged);
    const counted = await load.counted();
    await load.close();
    const serverErrors = [...load.answers].filter(([status]) => status === null || status >= 500);
    return {
      [`${name}: acknowledged`]: load.acknowledged,
      [`${name}: counted`]: counted,
      [`${name}: 5xx or no answer at ingest`]: serverErrors.reduce((sum, [, n]) => sum + n, 0),
      [`${name}: aggregators' memory before, MiB`]: before.join(' and '),
      [`${name}: growth of one, MiB`]: Math.max(...after.map((mib, n) => mib - (before[n] ?? 0))),
      [`${name}: caught up after, s`]: Math.round(caughtUpMs / 100) / 10,
    };
  } finally {
    await cluster.close();
  }
}

/** From the return to the first moment at which the answer is up to date and stays so for a while. */
async function caughtUp(load: SteadyLoad, backMs: number): Promise<number> {
  let sinceMs: number | null = null;
  await until(
    'the answer to be up to date',
    () => {
      if (load.behindMs > UP_TO_DATE_MS) sinceMs = null;
      else sinceMs ??= performance.now();
      return sinceMs !== null && performance.now() - sinceMs > UP_TO_DATE_MS;
    },
    CATCH_UP_TIMEOUT_MS,
  );
  return (sinceMs ?? performance.now()) - backMs;
}

async function largestRss(cluster: Cluster, forMs: number, from: readonly number[]) {
  let largest = from;
  for (const endMs = performance.now() + forMs; performance.now() < endMs; ) {
    await delay(SAMPLE_INTERVAL_MS);
    const now = await rssMiB(cluster);
    largest = largest.map((mib, n) => Math.max(mib, now[n] ?? 0));
  }
  return largest;
}

/** Resident memory of each aggregator. */
function rssMiB(cluster: Cluster): Promise<number[]> {
  return Promise.all(
    cluster.aggregators.map(async ({ pid }) => (await usageOf(pid ?? Number.NaN)).rssMiB),
  );
}
