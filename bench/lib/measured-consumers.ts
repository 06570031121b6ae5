/** Consumers of `webhook.events` that are measured beside each other, each a process of its own. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { scrape } from '@hookpulse/common/testing/scrape';
import { openClickHouse } from '@hookpulse/store/open-client';
import { startLocalClickHouse } from '../../test/clickhouse-server/local-server.ts';
import { ServiceProcess } from '../../test/support/service-process.ts';
import { endChild } from './end-child.ts';
import { ask } from './next-message.ts';
import { profileFlags } from './profile-flags.ts';

export const CONSUMERS = ['parse', 'alerter', 'aggregator'] as const;
export type ConsumerName = (typeof CONSUMERS)[number];

export interface MeasuredConsumer {
  readonly pid: number;
  /** Of the store that it writes to; null: none. */
  readonly storePid: number | null;
  /** Events that it is done with, up to now. @throws while it starts */
  done(): Promise<number>;
  /** How many events it counted as what they are, asked for when it is done with all. */
  counted(): Promise<number>;
  stop(): Promise<void>;
}

export interface ConsumerContext {
  readonly brokerAddress: string;
  /** For its data. */
  readonly folder: string;
  /** For CPU profiles; null: none. */
  readonly profileFolder: string | null;
}

/** It reads from the first event on, and is not waited for: a service that is ready has read them all. */
export function startConsumer(
  name: ConsumerName,
  context: ConsumerContext,
): Promise<MeasuredConsumer> {
  return STARTERS[name](context);
}

const STARTERS: Readonly<
  Record<ConsumerName, (context: ConsumerContext) => Promise<MeasuredConsumer>>
> = { parse: startParsing, alerter: startAlerter, aggregator: startAggregator };

/** The ceiling. */
async function startParsing({ brokerAddress, profileFolder }: ConsumerContext) {
  const child = fork(join(import.meta.dirname, 'parse-consumer-server.ts'), [brokerAddress], {
    // kafkajs waits for a negative time when a broker has just started.
    execArgv: ['--disable-warning=TimeoutNegativeWarning', ...profileFlags(profileFolder)],
  });
  const done = () => ask<number>(child, 'count', 'the consumer that parses');
  return {
    pid: child.pid ?? Number.NaN,
    storePid: null,
    done,
    counted: done,
    stop: () => endChild(child),
  };
}

async function startAlerter(context: ConsumerContext): Promise<MeasuredConsumer> {
  const alerter = await startService('alerter', context, {});
  const counted = async () => {
    const page = await scrape(alerter.url);
    return page.value('hookpulse_alerter_events_total', { outcome: 'counted' }) ?? 0;
  };
  return {
    pid: alerter.pid ?? Number.NaN,
    storePid: null,
    done: counted,
    counted,
    async stop() {
      await alerter.stop('SIGTERM');
    },
  };
}

/** An event is done when it is stored. */
async function startAggregator(context: ConsumerContext): Promise<MeasuredConsumer> {
  const store = await startLocalClickHouse();
  const aggregator = await startService('aggregator', context, { CLICKHOUSE_URL: store.url });
  const client = await openClickHouse({ url: store.url, dataDir: context.folder });
  const figure = async (query: string) => {
    const answer = await client.query({ query, format: 'JSONEachRow' });
    const [row] = await answer.json<{ figure: number }>();
    return Number(row?.figure ?? 0);
  };
  return {
    pid: aggregator.pid ?? Number.NaN,
    storePid: await store.pid(),
    done: () => figure('SELECT toFloat64(sum(next_offset)) AS figure FROM webhook_positions FINAL'),
    async counted() {
      const hours = await figure(
        'SELECT sum(requests_received + requests_processed) AS figure FROM webhook_metrics FINAL',
      );
      const raw = await figure('SELECT count() AS figure FROM webhook_events FINAL');
      if (hours !== raw) throw new Error(`${hours} events are counted, but ${raw} are stored`);
      return raw;
    },
    async stop() {
      await client.close();
      await aggregator.stop('SIGTERM');
      await store.close();
    },
  };
}

async function startService(
  name: 'alerter' | 'aggregator',
  { brokerAddress, folder, profileFolder }: ConsumerContext,
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const service = await ServiceProcess.create(name, {
    KAFKA_BROKERS: brokerAddress,
    DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: profileFlags(profileFolder).join(' '),
    ...env,
  });
  service.start();
  return service;
}
