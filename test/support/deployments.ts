/**
 * The two ways in which people run Hookpulse. What a user sees is the same in both, so a test of it
 * runs on both: `describeOnEachDeployment('…', (deployment) => { test(…) })`.
 */
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { type LocalClickHouse, startLocalClickHouse } from '../clickhouse-server/local-server.ts';
import type { LocalBroker } from '../kafka-broker/local-broker.ts';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type RunningHookpulse, startHookpulse } from './hookpulse-process.ts';
import { type ServiceName, ServiceProcess } from './service-process.ts';

export interface Deployment {
  /** Starts everything, and resolves when it is ready. What it stored before under the folder is there. */
  start(dataDir: string, env?: Readonly<Record<string, string>>): Promise<RunningHookpulse>;
  /** The settings by which its engines are found; empty for embedded ones. */
  engineSettings(): Readonly<Record<string, string>>;
  /** The store of a Hookpulse that was stopped. */
  openStore(dataDir: string): Promise<ClickHouseClient>;
}

const EMBEDDED: Deployment = {
  start: startHookpulse,
  engineSettings: () => ({}),
  openStore: (dataDir) => openClickHouse({ url: null, dataDir }),
};

/** Declares the tests twice. Each deployment has engines of its own, empty when its tests begin. */
export function describeOnEachDeployment(
  name: string,
  declareTests: (deployment: Deployment) => void,
): void {
  describe(`${name}: one process on embedded engines`, () => declareTests(EMBEDDED));
  describeWithLocalKafka(
    `${name}: five processes on Kafka and ClickHouse over HTTP`,
    (startBroker) => {
      let broker: LocalBroker;
      let clickhouse: LocalClickHouse;
      beforeAll(async () => {
        [broker, clickhouse] = await Promise.all([startBroker(), startLocalClickHouse()]);
      });
      afterAll(() => Promise.all([broker?.close(), clickhouse?.close()]));
      const engineSettings = () => ({
        KAFKA_BROKERS: broker.address,
        CLICKHOUSE_URL: clickhouse.url,
      });
      declareTests({
        start: (dataDir, env) => startServices({ ...engineSettings(), DATA_DIR: dataDir, ...env }),
        engineSettings,
        openStore: () => openClickHouse({ url: clickhouse.url, dataDir: '' }),
      });
    },
  );
}

/** Each in a process of its own; resolves when all are ready. @param env - their whole environment */
export async function startServices(
  env: Readonly<Record<string, string>>,
): Promise<RunningHookpulse> {
  const create = (name: ServiceName) => ServiceProcess.create(name, env);
  const [ingest, queryApi, aggregator, alerter, forwarder] = [
    await create('ingest'),
    await create('query-api'),
    await create('aggregator'),
    await create('alerter'),
    await create('forwarder'),
  ];
  const services = [ingest, queryApi, aggregator, alerter, forwarder];
  for (const service of services) service.start();
  try {
    await Promise.all(services.map((service) => service.ready()));
  } catch (error) {
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    throw error;
  }
  return {
    urls: {
      ingest: ingest.url,
      queryApi: queryApi.url,
      aggregator: aggregator.url,
      alerter: alerter.url,
      forwarder: forwarder.url,
    },
    output: () => services.map((service) => service.output()).join('\n'),
    async stop(signal) {
      const exitCodes = await Promise.all(services.map((service) => service.stop(signal)));
      const failed = exitCodes.find((code) => code !== 0);
      return failed === undefined ? 0 : failed;
    },
  };
}
