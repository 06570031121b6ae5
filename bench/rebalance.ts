/**
 * Takes an aggregator away and adds one while events come in: how far does the health answer fall
 * behind, and is it exact in the end? Once stopped in good order (SIGTERM), once killed (SIGKILL).
 *
 *   node bench/rebalance.ts [--rate 2000] [--bots 1000] [--seconds 20] [--json]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { startCluster } from '../test/support/cluster.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';
import { startSteadyLoad } from './lib/steady-load.ts';

const options = benchOptions({
  rate: { type: 'string', default: '2000' },
  bots: { type: 'string', default: '1000' },
  seconds: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
});
const bots = numberOption('bots', options.bots);
const eventsPerSecond = numberOption('rate', options.rate);
/** Between one change of the group and the next: longer than a session of a lost member. */
const phaseMs = numberOption('seconds', options.seconds) * 1_000;

const cluster = await startCluster({ aggregators: 3 });
try {
  const load = await startSteadyLoad({
    ingestUrls: cluster.ingests.map(({ url }) => url),
    queryApiUrl: cluster.queryApi.url,
    adminToken: cluster.adminToken,
    eventsPerSecond,
    bots,
  });
  const phase = async (what: string): Promise<number> => {
    console.error(what);
    await delay(phaseMs);
    return Math.round(load.takeWorstBehindMs());
  };
  const [stopped, killed] = cluster.aggregators;
  await phase('warming up');
  const steady = await phase('three aggregators');
  await stopped?.stop('SIGTERM');
  const afterStop = await phase('one stopped');
  await killed?.stop('SIGKILL');
  const afterKill = await phase('one killed');
  await (await cluster.add('aggregator')).ready();
  const afterJoin = await phase('one added');
  await load.stopTraffic();
  await until('the answer to be complete', async () => (await load.counted()) >= load.acknowledged);
  const counted = await load.counted();
  await load.close();
  writeResult(
    'rebalance',
    {
      eventsPerSecond,
      bots,
      worstBehindMsSteady: steady,
      worstBehindMsAfterStop: afterStop,
      worstBehindMsAfterKill: afterKill,
      worstBehindMsAfterJoin: afterJoin,
      acknowledged: load.acknowledged,
      counted,
      isExact: counted === load.acknowledged,
      otherAnswers: [...load.answers]
        .filter(([status]) => status !== 200 && status !== 202)
        .map(([status, count]) => `${status}: ${count}`)
        .join(', '),
    },
    options,
  );
} finally {
  await cluster.close();
}
