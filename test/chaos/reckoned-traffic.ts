/** Traffic of known truth into a running Hookpulse, which can be reckoned more than once. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { AGGREGATOR_GROUP } from '@hookpulse/event-log/topics';
import { openClickHouse } from '@hookpulse/store/open-client';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import { Opened } from '../support/opened.ts';
import { type Audit, audit } from './audit.ts';
import { countUpdates, uncommitted } from './log-state.ts';
import { registerBots } from './register-bots.ts';
import { type SteadyTraffic, type SteadyTrafficOptions, steadyTraffic } from './steady-traffic.ts';
import { Workload, type WorkloadOptions } from './workload.ts';

/** Where clients and whoever checks find a Hookpulse. */
export interface HookpulseAddresses {
  readonly ingestUrls: readonly string[];
  readonly queryApiUrl: string;
  readonly adminToken: string;
  readonly kafkaBrokers: readonly string[];
  readonly clickhouseUrl: string;
}

export interface ReckonedTraffic {
  readonly client: HookpulseClient;
  /** Goes on from where the traffic before it stopped. */
  traffic(
    pace: Pick<SteadyTrafficOptions, 'perSecond' | 'concurrency' | 'onAcknowledged'>,
  ): SteadyTraffic;
  /** Waits until all that is logged is counted. Call it while there is no traffic. */
  reckon(): Promise<Audit>;
  /** Gives up traffic that was not stopped. */
  close(): Promise<void>;
}

const DEFAULT_CATCH_UP_MS = 120_000;

/**
 * Resolves when every bot of the traffic is registered.
 * @param catchUpMs - how long it may take until all that is logged is counted
 */
export async function openReckonedTraffic(
  options: Omit<WorkloadOptions, 'events'>,
  addresses: HookpulseAddresses,
  catchUpMs = DEFAULT_CATCH_UP_MS,
): Promise<ReckonedTraffic> {
  const workload = new Workload({ ...options, events: Number.MAX_SAFE_INTEGER });
  const { ingestUrls, queryApiUrl, adminToken, kafkaBrokers, clickhouseUrl } = addresses;
  const opened = new Opened();
  try {
    const client = new HookpulseClient(
      { ingest: ingestUrls[0] ?? '', queryApi: queryApiUrl },
      adminToken,
    );
    const bots = await registerBots(client, workload.botIds);
    const kafka = { brokers: kafkaBrokers, ssl: false, sasl: null };
    const log = opened.add(
      await openEventLog(
        { kafka, dataDir: '', retentionDays: 1, clientId: 'reckoning' },
        silentLogger,
      ),
      (one) => one.close(),
    );
    const store = opened.add(await openClickHouse({ url: clickhouseUrl, dataDir: '' }), (one) =>
      one.close(),
    );
    const closing = opened.add(new AbortController(), async (one) => one.abort());
    const { signal } = closing;
    return {
      client,
      traffic: (pace) => steadyTraffic(workload, { ...pace, ingestUrls, bots, adminToken, signal }),
      async reckon() {
        // A commit follows the storing, so what is committed is stored.
        await until(
          'the aggregators to catch up',
          async () => (await uncommitted(log, AGGREGATOR_GROUP)) === 0n,
          catchUpMs,
        );
        const updatesPassedOn = await countUpdates(log);
        return audit(workload.truth, { store, client, updatesPassedOn });
      },
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
