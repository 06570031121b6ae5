/**
 * Hookpulse on three hosts: on each a broker, which is also a controller, an ingest, an aggregator and an
 * alerter; on the first the query API. The store and the clients are outside of them.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { readTopicLayouts } from '@hookpulse/event-log/kafka/topic-layout';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import type { HookpulseAddresses } from '../chaos/reckoned-traffic.ts';
import { startLocalClickHouse } from '../clickhouse-server/local-server.ts';
import { startLocalBroker } from '../kafka-broker/local-broker.ts';
import { ADMIN_TOKEN, serviceEnvironment } from '../support/cluster.ts';
import { MOVABLE_CLOCK_OPTIONS, setClock } from '../support/movable-clock.ts';
import { Opened } from '../support/opened.ts';
import { type ServiceName, ServiceProcess } from '../support/service-process.ts';
import { Host } from './host.ts';
import { type HostNetwork, openHostNetwork } from './host-network.ts';

export interface ThreeHosts extends HookpulseAddresses {
  readonly network: HostNetwork;
  readonly hosts: readonly Host[];
  /** Of all hosts. */
  readonly services: readonly ServiceProcess[];
  /** What a supervisor on each host does: starts services again that ended by themselves. */
  supervise(): void;
  /** Resolves when every partition is in sync on all three brokers. */
  whole(): Promise<void>;
  /** Resolves when every service is ready. */
  ready(): Promise<void>;
  /** Mails that the alerters have written. */
  mails(): Promise<number>;
  close(): Promise<void>;
}

/** Ahead of the machine's clock. */
const CLOCKS_MS = [-3, 0, 2].map((minutes) => minutes * MINUTE_MS);
const SIZE = CLOCKS_MS.length;
/** Of all partitions; the others may be behind, or away. */
const MIN_IN_SYNC = 2;
/** The usual ports: each host has its own. Below those that the system gives to clients. */
const BROKER_PORT = 9092;
const CONTROLLER_PORT = 9093;
const SERVICE_PORTS: Readonly<Record<Exclude<ServiceName, 'forwarder'>, number>> = {
  ingest: 8080,
  'query-api': 8081,
  aggregator: 8082,
  alerter: 8083,
};
/** Three Java machines and ten services start on what may be two slow cores. */
const PATIENCE_MS = 600_000;
const ALL_TOPICS = ['__consumer_offsets', ...TOPIC_SPECS.map(({ name }) => name)];

/** Resolves when every service is ready. @param env - for every service @throws NoHostNetworkError */
export async function startThreeHosts(env: Readonly<Record<string, string>>): Promise<ThreeHosts> {
  const opened = new Opened();
  try {
    const network = opened.add(await openHostNetwork(SIZE), (one) => one.close());
    const folder = opened.add(await mkdtemp(join(tmpdir(), 'hookpulse-hosts-')), (one) =>
      rm(one, { recursive: true, force: true }),
    );
    const clickhouse = opened.add(await startLocalClickHouse({ host: network.outside }), (one) =>
      one.close(),
    );
    const brokers = await startBrokers(network, opened);
    const kafkaBrokers = brokers.map(({ address }) => address);

    const hosts: Host[] = [];
    for (const [index, broker] of brokers.entries()) {
      const place = network.hosts[index];
      if (!place) throw new RangeError(`there is no host ${index + 1}`);
      const dataDir = join(folder, `host-${index + 1}`);
      const clockFile = join(folder, `clock-${index + 1}`);
      const clockMs = CLOCKS_MS[index] ?? 0;
      await setClock(clockFile, clockMs);
      const environment = {
        ...serviceEnvironment({
          kafkaBrokers: kafkaBrokers.join(','),
          clickhouseUrl: clickhouse.url,
          dataDir,
        }),
        NODE_OPTIONS: MOVABLE_CLOCK_OPTIONS,
        MOVABLE_CLOCK_FILE: clockFile,
        ...env,
      };
      const services: ServiceProcess[] = [];
      for (const name of servicesOf(index)) {
        const service = await ServiceProcess.create(name, environment, {
          launcher: place.launcher,
          address: { host: place.address, port: SERVICE_PORTS[name] },
        });
        services.push(opened.add(service, (one) => one.stop('SIGKILL')));
      }
      const name = `host ${index + 1}`;
      hosts.push(new Host({ name, network: place, broker, services, clockFile, clockMs }));
    }
    const services = hosts.flatMap((host) => host.services);
    for (const service of services) service.start();
    const ready = async () => {
      await Promise.all(services.map((service) => service.ready(PATIENCE_MS)));
    };
    await ready();
    const urlsOf = (name: ServiceName) =>
      services.filter((service) => service.name === name).map(({ url }) => url);
    return {
      network,
      hosts,
      services,
      ingestUrls: urlsOf('ingest'),
      queryApiUrl: urlsOf('query-api')[0] ?? '',
      adminToken: ADMIN_TOKEN,
      kafkaBrokers,
      clickhouseUrl: clickhouse.url,
      supervise() {
        for (const service of services) service.startIfCrashed();
      },
      whole: () => untilWhole(kafkaBrokers),
      ready,
      mails: () => countMails(folder),
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function servicesOf(host: number): (keyof typeof SERVICE_PORTS)[] {
  const everywhere = ['ingest', 'aggregator', 'alerter'] as const;
  return host === 0 ? [...everywhere, 'query-api'] : [...everywhere];
}

async function startBrokers({ hosts }: HostNetwork, opened: Opened) {
  const voters = hosts.map(({ address }, index) => `${index + 1}@${address}:${CONTROLLER_PORT}`);
  // At once: none answers before there is a majority.
  const started = await Promise.allSettled(
    hosts.map(async ({ address, launcher }, index) =>
      opened.add(
        await startLocalBroker({
          host: address,
          port: BROKER_PORT,
          controllerPort: CONTROLLER_PORT,
          launcher,
          startTimeoutMs: PATIENCE_MS,
          properties: {
            'node.id': index + 1,
            'controller.quorum.voters': voters.join(','),
            'offsets.topic.replication.factor': SIZE,
            'transaction.state.log.replication.factor': SIZE,
            'transaction.state.log.min.isr': MIN_IN_SYNC,
            'min.insync.replicas': MIN_IN_SYNC,
          },
        }),
        (broker) => broker.close(),
      ),
    ),
  );
  return started.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}

async function untilWhole(brokers: readonly string[]): Promise<void> {
  await until(
    'all brokers to be in sync',
    async () => {
      // One that has just come back may still know what was before.
      const views = await Promise.all(brokers.map(seesAllInSync));
      return views.every(Boolean);
    },
    PATIENCE_MS,
  );
}

async function seesAllInSync(broker: string): Promise<boolean> {
  const settings = { brokers: [broker], ssl: false, sasl: null, clientId: 'hosts' };
  const layouts = await readTopicLayouts(settings, ALL_TOPICS, silentLogger);
  const isComplete = layouts.length === ALL_TOPICS.length;
  return isComplete && layouts.every(({ inSyncReplicas }) => inSyncReplicas === SIZE);
}

/** Without a mail server they are files in the folder of each host. */
async function countMails(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true });
  return files.filter((file) => file.endsWith('.eml')).length;
}
