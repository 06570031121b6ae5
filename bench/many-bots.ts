/**
 * What a fleet costs each service: how long it takes to start, what memory it takes with traffic over all bots,
 * and how long the fleet's health and one evaluation of all alert rules take.
 *
 * A broker, the store and one of each service as processes of their own. Every bot has its updates
 * forwarded. Each delivery goes from ingest to its bot; the aggregator and the alerter count the event of
 * its delivery and that of its hand-over. Afterwards everything must have been counted, and every service
 * starts once more, on what is on the log then.
 *
 *   node bench/many-bots.ts [--bots 10000] [--rate 1000] [--deliveries <number>] [--heap <MiB>] [--answers 20] [--json]
 *
 * `--deliveries` is by default one for each bot, and at least 20,000. `--heap` allows each service that
 * much of Node's old generation, instead of its own bound. `--answers` is how many answers about the fleet's
 * health are timed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { testBot } from '@hookpulse/common/testing/bots';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { botToMessage } from '@hookpulse/topic-tables/bots/bot-message';
import { startLocalClickHouse } from '../test/clickhouse-server/local-server.ts';
import { type ServiceName, ServiceProcess } from '../test/support/service-process.ts';
import { percentile } from './lib/answer-times.ts';
import { startBenchLog } from './lib/bench-log.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { type BenchBots, benchBots, startBenchBots } from './lib/forward-bots.ts';
import { drained, UpdateSource } from './lib/forward-updates.ts';
import { conditionsNow } from './lib/load-average.ts';
import { usageOf } from './lib/process-usage.ts';
import { publishAll } from './lib/publish-all.ts';
import { type Figures, writeResult } from './lib/results.ts';

const options = benchOptions({
  bots: { type: 'string', default: '10000' },
  /** Deliveries a second. */
  rate: { type: 'string', default: '1000' },
  deliveries: { type: 'string' },
  heap: { type: 'string' },
  answers: { type: 'string', default: '20' },
  json: { type: 'boolean', default: false },
});
const botCount = numberOption('bots', options.bots);
const perSecond = numberOption('rate', options.rate);
const deliveries =
  options.deliveries === undefined
    ? Math.max(botCount, 20_000)
    : numberOption('deliveries', options.deliveries);
/** Null: each service has its own bound. */
const heapMiB = options.heap === undefined ? null : numberOption('heap', options.heap);
const healthAnswers = numberOption('answers', options.answers);
/** In the order in which they start. */
const SERVICES: readonly ServiceName[] = [
  'ingest',
  'forwarder',
  'aggregator',
  'alerter',
  'query-api',
];
const READY_LIMIT_MS = 300_000;
const COUNTED_LIMIT_MS = 300_000;
/** For some dozens of evaluations, while nothing else happens. */
const SETTLE_MS = 20_000;
const ADMIN_TOKEN = 'the-admin-token-of-this-benchmark';
/** Of a delivery, and of its hand-over. */
const EVENTS_A_DELIVERY = 2;

const conditions = conditionsNow();
const closers: (() => Promise<unknown>)[] = [];
try {
  const figures = await measure();
  const name = botCount === 10_000 ? 'many-bots' : `many-bots-${botCount}`;
  writeResult(name, figures, options);
} finally {
  for (const close of closers.toReversed()) await close();
}

async function measure(): Promise<Figures> {
  const bots = await startBenchBots();
  closers.push(() => bots.close());
  const { broker, log, close } = await startBenchLog();
  closers.push(close);
  const store = await startLocalClickHouse();
  closers.push(() => store.close());
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-many-bots-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  await publishAll(log, botMessages(bots));

  const env = {
    KAFKA_BROKERS: broker.address,
    CLICKHOUSE_URL: store.url,
    DATA_DIR: folder,
    LOG_LEVEL: 'warn',
    ADMIN_TOKEN,
    ...(heapMiB !== null && { NODE_OPTIONS: `--max-old-space-size=${heapMiB}` }),
  };
  const figures: Record<string, Figures[string]> = {
    ...conditions,
    bots: botCount,
    perSecond,
    deliveries,
    heapMiB,
  };
  const services = new Map<ServiceName, ServiceProcess>();
  for (const name of SERVICES) {
    const service = await ServiceProcess.create(name, env);
    closers.push(() => service.stop('SIGTERM'));
    figures[`${name}: start, s`] = await secondsToStart(service);
    services.set(name, service);
    note(`${name} has started within ${figures[`${name}: start, s`]} s`);
  }
  const of = (name: ServiceName) => {
    const service = services.get(name);
    if (!service) throw new Error(`there is no ${name}`);
    return service;
  };

  const source = new UpdateSource(benchBots(botCount));
  const sent = await source.deliver(of('ingest').url, perSecond, deliveries / perSecond);
  const acknowledged = sent.acknowledgedMs.size;
  note(`${acknowledged} deliveries are acknowledged, ${sent.failed} are not`);
  await drained(bots, acknowledged);
  for (const name of ['aggregator', 'alerter'] as const) {
    // What the bots have taken: a delivery without an answer may be on the log all the same.
    await until(
      `${name} to count both events of each update`,
      async () =>
        (await countedBy(name, of(name))) === (await bots.counts()).taken * EVENTS_A_DELIVERY,
      COUNTED_LIMIT_MS,
    );
  }
  const before = await evaluations(of('alerter'));
  await delay(SETTLE_MS);
  const after = await evaluations(of('alerter'));
  for (const name of SERVICES) {
    const { rssMiB, peakRssMiB } = await usageOf(pidOf(of(name)));
    figures[`${name}: memory, MiB`] = rssMiB;
    figures[`${name}: peak, MiB`] = peakRssMiB;
  }
  Object.assign(figures, {
    acknowledged,
    notAcknowledged: sent.failed,
    deliveriesPerSecond: Math.round(acknowledged / sent.seconds),
    evaluations: after.count - before.count,
    'evaluation, mean ms': round(
      ((after.sumSeconds - before.sumSeconds) / (after.count - before.count)) * 1_000,
    ),
    ...(await timeHealth(of('query-api'))),
  });
  for (const name of SERVICES) {
    await of(name).stop('SIGTERM');
    figures[`${name}: start again, s`] = await secondsToStart(of(name));
  }
  return figures;
}

async function secondsToStart(service: ServiceProcess): Promise<number> {
  const startedMs = performance.now();
  service.start();
  await service.ready(READY_LIMIT_MS);
  return round((performance.now() - startedMs) / 1_000);
}

/** Events, each once. */
async function countedBy(name: 'aggregator' | 'alerter', { url }: ServiceProcess) {
  const page = await scrape(url);
  return name === 'alerter'
    ? page.value('hookpulse_alerter_events_total', { outcome: 'counted' })
    : page.value('hookpulse_events_counted_total');
}

async function evaluations({ url }: ServiceProcess) {
  const page = await scrape(url);
  const name = 'hookpulse_alerter_evaluation_duration_seconds';
  return { count: page.value(`${name}_count`) ?? 0, sumSeconds: page.value(`${name}_sum`) ?? 0 };
}

/** Times the request of the dashboard's fleet page. */
async function timeHealth({ url }: ServiceProcess): Promise<Figures> {
  const times: number[] = [];
  let bytes = 0;
  for (let n = 0; n < healthAnswers; n += 1) {
    const startedMs = performance.now();
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await fetch(`${url}/api/health/webhook/`, { headers });
    const text = await answer.text();
    times.push(performance.now() - startedMs);
    if (answer.status !== 200) throw new Error(`${answer.status}: ${text}`);
    bytes = Buffer.byteLength(text);
  }
  times.sort((a, b) => a - b);
  return {
    'fleet health, p50 ms': percentile(times, 0.5),
    'fleet health, slowest ms': percentile(times, 1),
    'fleet health, bytes': bytes,
  };
}

function* botMessages({ urlOf }: BenchBots): Iterable<OutgoingMessage> {
  const now = new Date().toISOString();
  for (const { botId, secret, number } of benchBots(botCount)) {
    const bot = testBot(botId, {
      forward: { url: urlOf(number) },
      webhook_secret_sha256: sha256Hex(secret),
      created_at: now,
      updated_at: now,
    });
    yield botToMessage(bot);
  }
}

function pidOf(service: ServiceProcess): number {
  if (service.pid === null) throw new Error(`${service.name} does not run`);
  return service.pid;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function note(text: string): void {
  console.error(text);
}
