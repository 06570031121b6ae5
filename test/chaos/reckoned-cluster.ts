/** A cluster under traffic of known truth, which can be reckoned more than once. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { openClickHouse } from '@hookpulse/store/open-client';
import { type Cluster, type ClusterOptions, startCluster } from '../support/cluster.ts';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import { type Audit, audit } from './audit.ts';
import { countUpdates, uncommitted } from './log-state.ts';
import { registerBots } from './register-bots.ts';
import { type SteadyTraffic, steadyTraffic } from './steady-traffic.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

export interface ReckonedCluster {
  readonly system: Cluster;
  readonly client: HookpulseClient;
  /** Goes on from where the traffic before it stopped. @param perSecond - requests a second */
  traffic(perSecond: number): SteadyTraffic;
  /** Waits until all that is logged is counted. Call it while there is no traffic. */
  reckon(): Promise<Audit>;
  /** Gives up traffic that was not stopped. */
  close(): Promise<void>;
}

/** What an audit says when every acknowledged event was counted once. */
export const EXACT = { lost: 0, doubled: 0, windowsOff: 0, differences: [] };

const CATCH_UP_MS = 120_000;

/** Resolves when every service is ready and every bot of the traffic is registered. */
export async function startReckonedCluster(
  traffic: Omit<WorkloadOptions, 'events'>,
  options: ClusterOptions,
): Promise<ReckonedCluster> {
  const workload = new Workload({ ...traffic, events: Number.MAX_SAFE_INTEGER });
  const system = await startCluster(options);
  try {
    const { ingestUrls, queryApi, adminToken, direct } = system;
    const client = new HookpulseClient(
      { ingest: ingestUrls[0] ?? '', queryApi: queryApi.url },
      adminToken,
    );
    const bots = await registerBots(client, workload.botIds);
    const kafka = { brokers: [direct.kafkaBroker], ssl: false, sasl: null };
    const log = await openEventLog(
      { kafka, dataDir: '', retentionDays: 1, clientId: 'reckoning' },
      silentLogger,
    );
    const store = await openClickHouse({ url: direct.clickhouseUrl, dataDir: '' });
    const closing = new AbortController();
    const { signal } = closing;
    return {
      system,
      client,
      traffic: (perSecond) =>
        steadyTraffic(workload, { ingestUrls, bots, adminToken, perSecond, signal }),
      async reckon() {
        // A commit follows the storing, so what is committed is stored.
        await until(
          'the aggregators to catch up',
          async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
          CATCH_UP_MS,
        );
        const updatesPassedOn = await countUpdates(log);
        return audit(workload.truth, { store, client, updatesPassedOn });
      },
      async close() {
        closing.abort();
        await store.close();
        await log.close();
        await system.close();
      },
    };
  } catch (error) {
    await system.close();
    throw error;
  }
}
