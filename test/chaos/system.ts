/**
 * Hookpulse as it runs in production, on one machine: a real broker, a store behind HTTP, and the
 * services as processes of their own, with proxies in between that can cut what connects them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalClickHouse, startLocalClickHouse } from '../clickhouse-server/local-server.ts';
import type { LocalBroker } from '../kafka-broker/local-broker.ts';
import { startBrokerBehindProxy } from '../support/broker-behind-proxy.ts';
import { ServiceProcess } from '../support/service-process.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

export interface ChaosSystem {
  readonly broker: LocalBroker;
  readonly clickhouse: LocalClickHouse;
  readonly ingests: readonly ServiceProcess[];
  readonly aggregators: readonly ServiceProcess[];
  readonly alerters: readonly ServiceProcess[];
  readonly queryApi: ServiceProcess;
  readonly proxies: Readonly<Record<ProxyName, TcpProxy>>;
  /** Origins of the ingests as clients see them: behind proxies. */
  readonly ingestUrls: readonly string[];
  readonly adminToken: string;
  /** Of the broker and the store themselves, for whoever checks what they hold. */
  readonly direct: { readonly kafkaBroker: string; readonly clickhouseUrl: string };
  close(): Promise<void>;
}

export type ProxyName = 'kafka' | 'clickhouse' | 'ingest-0' | 'ingest-1';

const ADMIN_TOKEN = 'chaos-admin-token';
const INGESTS = 2;
const AGGREGATORS = 2;

/** Resolves when every service is ready. */
export async function startChaosSystem(): Promise<ChaosSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const opened = <T>(resource: T, close: (resource: T) => Promise<unknown>): T => {
    closers.push(() => close(resource));
    return resource;
  };
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const proxy = async () => opened(await startTcpProxy(), (one) => one.close());
    const { broker, proxy: kafkaProxy } = opened(await startBrokerBehindProxy(), (one) =>
      one.close(),
    );
    const clickhouseProxy = await proxy();
    const clickhouse = opened(await startLocalClickHouse(), (one) => one.close());
    const clickhouseUrl = new URL(clickhouse.url);
    clickhouseProxy.setTarget(clickhouseUrl.host);
    clickhouseUrl.host = clickhouseProxy.address;
    const dataDir = opened(await mkdtemp(join(tmpdir(), 'hookpulse-chaos-')), (folder) =>
      rm(folder, { recursive: true, force: true }),
    );

    const env = {
      KAFKA_BROKERS: kafkaProxy.address,
      CLICKHOUSE_URL: clickhouseUrl.href,
      DATA_DIR: dataDir,
      ADMIN_TOKEN,
      LOG_LEVEL: 'warn',
      // Bots here report when they like: time-outs would be true, and would depend on the machine.
      WEBHOOK_PROCESSING_TIMEOUT: '86400',
    };
    const service = async (name: ServiceProcess['name']) => {
      const process = await ServiceProcess.create(name, env);
      process.start();
      return opened(process, (one) => one.stop('SIGKILL'));
    };
    const several = (name: ServiceProcess['name'], count: number) =>
      Promise.all(Array.from({ length: count }, () => service(name)));
    const ingests = await several('ingest', INGESTS);
    const aggregators = await several('aggregator', AGGREGATORS);
    const alerters = await several('alerter', 1);
    const queryApi = await service('query-api');
    const ingestProxies = [await proxy(), await proxy()] as const;
    for (const [n, one] of ingestProxies.entries()) {
      one.setTarget(new URL(ingests[n]?.url ?? '').host);
    }
    const services = [...ingests, ...aggregators, ...alerters, queryApi];
    await Promise.all(services.map((one) => one.ready()));
    return {
      broker,
      clickhouse,
      ingests,
      aggregators,
      alerters,
      queryApi,
      proxies: {
        kafka: kafkaProxy,
        clickhouse: clickhouseProxy,
        'ingest-0': ingestProxies[0],
        'ingest-1': ingestProxies[1],
      },
      ingestUrls: ingestProxies.map(({ address }) => `http://${address}`),
      adminToken: ADMIN_TOKEN,
      direct: { kafkaBroker: broker.address, clickhouseUrl: clickhouse.url },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
