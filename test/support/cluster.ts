/**
 * Hookpulse as it runs in production, on one machine: a real broker, a store behind HTTP, and the
 * services as processes of their own, with proxies in between that can cut what connects them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalClickHouse, startLocalClickHouse } from '../clickhouse-server/local-server.ts';
import type { LocalBroker } from '../kafka-broker/local-broker.ts';
import { startBrokerBehindProxy } from './broker-behind-proxy.ts';
import { Opened } from './opened.ts';
import { type ServiceName, ServiceProcess } from './service-process.ts';
import { startTestSmtpServer, type TestSmtpServer } from './smtp-server.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface Cluster {
  readonly broker: LocalBroker;
  readonly clickhouse: LocalClickHouse;
  readonly ingests: readonly ServiceProcess[];
  readonly aggregators: readonly ServiceProcess[];
  readonly alerters: readonly ServiceProcess[];
  readonly queryApi: ServiceProcess;
  /** All that it started with, in the order in which operators replace them. */
  readonly services: readonly ServiceProcess[];
  /** Where alerts are mailed to; null: there is none, and they are written to the outbox. */
  readonly mailServer: TestSmtpServer | null;
  readonly proxies: {
    readonly kafka: TcpProxy;
    readonly clickhouse: TcpProxy;
    /** One in front of each ingest. */
    readonly ingests: readonly TcpProxy[];
  };
  /** Origins of the ingests as clients see them: behind proxies. */
  readonly ingestUrls: readonly string[];
  readonly adminToken: string;
  /**
   * Starts one more, and does not wait until it is ready.
   * @param root - the checkout whose code it runs; default: the cluster's
   */
  add(name: ServiceName, root?: string): Promise<ServiceProcess>;
  /** Of the broker and the store themselves, for whoever checks what they hold. */
  readonly direct: { readonly kafkaBroker: string; readonly clickhouseUrl: string };
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly ingests?: number;
  readonly aggregators?: number;
  /** Default: one. */
  readonly alerters?: number;
  /** Default: false. */
  readonly hasMailServer?: boolean;
  /** The checkout whose code the services run. Default: this one. */
  readonly root?: string;
  /** By service: a command that becomes the command that it is given. Default: none. */
  launcherOf?(name: ServiceName): readonly string[];
  /** For every service, beside and instead of what the cluster sets. */
  readonly env?: Readonly<Record<string, string>>;
}

export const ADMIN_TOKEN = 'cluster-admin-token';
/** Two of each that shares work: so that one can be away. */
const DEFAULT_INSTANCES = 2;

export interface ServiceNeeds {
  /** Separated by commas. */
  readonly kafkaBrokers: string;
  readonly clickhouseUrl: string;
  readonly dataDir: string;
}

/** What every service is started with. */
export function serviceEnvironment(needs: ServiceNeeds) {
  return {
    KAFKA_BROKERS: needs.kafkaBrokers,
    CLICKHOUSE_URL: needs.clickhouseUrl,
    DATA_DIR: needs.dataDir,
    ADMIN_TOKEN,
    LOG_LEVEL: 'warn',
    // Bots here report when they like: time-outs would be true, and would depend on the machine.
    WEBHOOK_PROCESSING_TIMEOUT: '86400',
  };
}

/** Resolves when every service is ready. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const opened = new Opened();
  try {
    const proxy = async () => opened.add(await startTcpProxy(), (one) => one.close());
    const { broker, proxy: kafkaProxy } = opened.add(await startBrokerBehindProxy(), (one) =>
      one.close(),
    );
    const clickhouseProxy = await proxy();
    const clickhouse = opened.add(await startLocalClickHouse(), (one) => one.close());
    const clickhouseUrl = new URL(clickhouse.url);
    clickhouseProxy.setTarget(clickhouseUrl.host);
    clickhouseUrl.host = clickhouseProxy.address;
    const dataDir = opened.add(await mkdtemp(join(tmpdir(), 'hookpulse-chaos-')), (folder) =>
      rm(folder, { recursive: true, force: true }),
    );

    const mailServer = options.hasMailServer
      ? opened.add(await startTestSmtpServer(), (one) => one.close())
      : null;

    const env = {
      ...serviceEnvironment({
        kafkaBrokers: kafkaProxy.address,
        clickhouseUrl: clickhouseUrl.href,
        dataDir,
      }),
      ...(mailServer && { SMTP_URL: mailServer.url, ADMIN_EMAIL: 'ops@example.com' }),
      ...options.env,
    };
    const service = async (name: ServiceName, root = options.root) => {
      const launcher = options.launcherOf?.(name);
      const process = await ServiceProcess.create(name, env, { root, launcher });
      process.start();
      return opened.add(process, (one) => one.stop('SIGKILL'));
    };
    const several = (name: ServiceName, count: number) =>
      Promise.all(Array.from({ length: count }, () => service(name)));
    const ingests = await several('ingest', options.ingests ?? DEFAULT_INSTANCES);
    const aggregators = await several('aggregator', options.aggregators ?? DEFAULT_INSTANCES);
    const alerters = await several('alerter', options.alerters ?? 1);
    const queryApi = await service('query-api');
    const ingestProxies: TcpProxy[] = [];
    for (const ingest of ingests) {
      const one = await proxy();
      one.setTarget(new URL(ingest.url).host);
      ingestProxies.push(one);
    }
    const services = [...aggregators, ...alerters, queryApi, ...ingests];
    await Promise.all(services.map((one) => one.ready()));
    return {
      broker,
      clickhouse,
      ingests,
      aggregators,
      alerters,
      queryApi,
      services,
      mailServer,
      proxies: { kafka: kafkaProxy, clickhouse: clickhouseProxy, ingests: ingestProxies },
      ingestUrls: ingestProxies.map(({ address }) => `http://${address}`),
      adminToken: ADMIN_TOKEN,
      add: service,
      direct: { kafkaBroker: broker.address, clickhouseUrl: clickhouse.url },
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
