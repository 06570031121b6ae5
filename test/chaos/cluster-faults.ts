/** What is done to a running cluster, and how it is undone. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@hookpulse/traffic/random';
import type { Cluster } from '../support/cluster.ts';
import { isKafkaProduce, type TcpProxy } from '../support/tcp-proxy.ts';
import { type Disturbance, Faults, serviceVictim, type Victim } from './faults.ts';

/** Longer than a consumer's session (6 s), so that its partitions have another owner meanwhile. */
const PAUSE_OF_OWNER_MS = 8_000;
const LONGEST_FREEZE_MS = 3_000;
const LONGEST_MAIL_OUTAGE_MS = 8_000;

export function clusterFaults(system: Cluster, random: Random): Faults {
  return new Faults(victims(system), disturbances(system, random), random);
}

function victims(system: Cluster): Victim[] {
  let isBrokerUp = true;
  let isStoreUp = true;
  return [
    ...system.ingests.map((one) => serviceVictim(one, 15)),
    ...system.aggregators.map((one) => serviceVictim(one, 15)),
    ...system.alerters.map((one) => serviceVictim(one, 8)),
    serviceVictim(system.queryApi, 6),
    {
      name: 'broker',
      weight: 12,
      isRunning: () => isBrokerUp,
      async kill() {
        isBrokerUp = false;
        await system.broker.kill();
      },
      async restart() {
        await system.broker.restart();
        isBrokerUp = true;
      },
    },
    {
      name: 'clickhouse',
      weight: 12,
      isRunning: () => isStoreUp,
      async kill() {
        isStoreUp = false;
        await system.clickhouse.kill();
      },
      async restart() {
        await system.clickhouse.restart();
        isStoreUp = true;
      },
    },
  ];
}

function disturbances(system: Cluster, random: Random): Disturbance[] {
  const cut = (name: string, proxy: TcpProxy): Disturbance => ({
    name: `cut ${name}`,
    weight: 10,
    run: async () => proxy.cutConnections(),
  });
  return [
    cut('kafka', system.proxies.kafka),
    cut('clickhouse', system.proxies.clickhouse),
    ...system.proxies.ingests.map((proxy) => cut('ingest', proxy)),
    {
      name: 'answers of clickhouse held back',
      weight: 10,
      async run() {
        system.proxies.clickhouse.stall('responses');
        await delay(random.integer(500, LONGEST_FREEZE_MS));
        system.proxies.clickhouse.resume();
      },
    },
    {
      name: 'acknowledgement of kafka cut off',
      weight: 10,
      run: () =>
        Promise.race([
          system.proxies.kafka.cutNextResponse(isKafkaProduce),
          delay(LONGEST_FREEZE_MS), // nothing may be produced any more
        ]),
    },
    ...mailDisturbances(system, random),
    {
      name: 'aggregator paused',
      weight: 8,
      async run() {
        const owner = random.pick(system.aggregators);
        owner.signal('SIGSTOP');
        await delay(PAUSE_OF_OWNER_MS);
        owner.signal('SIGCONT');
      },
    },
    {
      name: 'aggregator replaced',
      weight: 8,
      async run() {
        const owner = random.pick(system.aggregators);
        // One that is gone already, or paused, is left to whoever did that.
        if (!owner.isRunning) return;
        owner.signal('SIGCONT');
        await owner.stop('SIGTERM');
        owner.start();
      },
    },
  ];
}

function mailDisturbances({ mailServer }: Cluster, random: Random): Disturbance[] {
  if (mailServer === null) return [];
  return [
    {
      name: 'mail server away',
      weight: 8,
      async run() {
        await mailServer.stop();
        await delay(random.integer(500, LONGEST_MAIL_OUTAGE_MS));
        await mailServer.start();
      },
    },
  ];
}
