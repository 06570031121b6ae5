/**
 * What a fleet costs the alerter: memory above the idle process, and the time to judge all bots once.
 * A broker and one alerter as processes of their own; bots and events go straight to the log.
 *
 *   node bench/alerter.ts [--bots 10000] [--events 20] [--rate 5000] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newEventId } from '@hookpulse/common/events/event-identity';
import { testBot } from '@hookpulse/common/testing/bots';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import { botToMessage } from '@hookpulse/topic-tables/bots/bot-message';
import { ServiceProcess } from '../test/support/service-process.ts';
import { startBenchLog } from './lib/bench-log.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { usageOf } from './lib/process-usage.ts';
import { publishAll } from './lib/publish-all.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  bots: { type: 'string', default: '10000' },
  events: { type: 'string', default: '20' },
  rate: { type: 'string', default: '5000' },
  json: { type: 'boolean', default: false },
});
const perSecond = numberOption('rate', options.rate);
const bots = numberOption('bots', options.bots);
const eventsPerBot = numberOption('events', options.events);
/** Long enough for an idle process to settle, and for some dozens of evaluations. */
const SETTLE_MS = 30_000;
const GOAL_MB = 150;
const GOAL_EVALUATION_MS = 50;

const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-alerter-'));
const { broker, log, close } = await startBenchLog();
const alerter = await ServiceProcess.create('alerter', {
  KAFKA_BROKERS: broker.address,
  DATA_DIR: dataDir,
  LOG_LEVEL: 'warn',
});
try {
  alerter.start();
  await alerter.ready();
  await delay(SETTLE_MS);
  const idle = await usageOf(pidOf(alerter));
  await publishAll(log, botMessages());
  await publishAll(log, eventMessages(), perSecond);
  await until(
    'all events to be read',
    async () => {
      const page = await scrape(alerter.url);
      const read = page.value('hookpulse_alerter_events_total', { outcome: 'counted' });
      return (read ?? 0) >= bots * eventsPerBot;
    },
    300_000,
  );
  await delay(SETTLE_MS);
  const before = await evaluations();
  const cpuBefore = (await usageOf(pidOf(alerter))).cpuSeconds;
  await delay(SETTLE_MS);
  const after = await evaluations();
  const { rssMiB, cpuSeconds } = await usageOf(pidOf(alerter));
  const page = await scrape(alerter.url);
  const mib = (name: string) => Math.round((page.value(name) ?? 0) / 2 ** 20);
  const counted = page.value('hookpulse_alerter_events_total', { outcome: 'counted' });
  const restartSeconds = await restart();
  const reread = (await scrape(alerter.url)).value('hookpulse_alerter_events_total', {
    outcome: 'counted',
  });
  const count = after.count - before.count;
  writeResult(
    'alerter',
    {
      bots,
      eventsPerBot,
      idleMiB: idle.rssMiB,
      rssMiB,
      aboveIdleMB: Math.round((rssMiB - idle.rssMiB) * 1.048576),
      goalMB: GOAL_MB,
      countedEvents: counted,
      heapUsedMiB: mib('nodejs_heap_size_used_bytes'),
      heapMiB: mib('nodejs_heap_size_total_bytes'),
      externalMiB: mib('nodejs_external_memory_bytes'),
      evaluations: count,
      evaluationMeanMs: round(((after.sumSeconds - before.sumSeconds) / count) * 1_000),
      evaluationP99AtMostMs: bucketOf(before, after, 0.99) * 1_000,
      goalEvaluationMs: GOAL_EVALUATION_MS,
      restartSeconds,
      eventsReadAtRestart: reread,
      cpuPercent: round(((cpuSeconds - cpuBefore) / (SETTLE_MS / 1_000)) * 100),
    },
    options,
  );
} finally {
  await alerter.stop('SIGTERM');
  await close();
  await rm(dataDir, { recursive: true, force: true });
}

/** From the start of a new process until it has read the window again, and judged. */
async function restart(): Promise<number> {
  await alerter.stop('SIGTERM');
  const startedMs = performance.now();
  alerter.start();
  await alerter.ready();
  return round((performance.now() - startedMs) / 1_000);
}

interface Evaluations {
  readonly count: number;
  readonly sumSeconds: number;
  /** Cumulative, by upper bound in seconds. */
  readonly buckets: ReadonlyMap<number, number>;
}

async function evaluations(): Promise<Evaluations> {
  const page = await scrape(alerter.url);
  const name = 'hookpulse_alerter_evaluation_duration_seconds';
  const bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
  return {
    count: page.value(`${name}_count`) ?? 0,
    sumSeconds: page.value(`${name}_sum`) ?? 0,
    buckets: new Map(bounds.map((le) => [le, page.value(`${name}_bucket`, { le: `${le}` }) ?? 0])),
  };
}

/** Upper bound of the bucket that holds the share of the evaluations in between. */
function bucketOf(before: Evaluations, after: Evaluations, share: number): number {
  const wanted = (after.count - before.count) * share;
  for (const [le, count] of after.buckets) {
    if (count - (before.buckets.get(le) ?? 0) >= wanted) return le;
  }
  return Number.POSITIVE_INFINITY;
}

function* botMessages(): Iterable<OutgoingMessage> {
  const now = new Date().toISOString();
  for (let n = 0; n < bots; n += 1) {
    yield botToMessage(testBot(`bot-${n}`, { created_at: now, updated_at: now }));
  }
}

/** Healthy traffic. */
function* eventMessages(): Iterable<OutgoingMessage> {
  for (let n = 0; n < bots * eventsPerBot; n += 1) {
    const bot_id = `bot-${n % bots}`;
    const event = sampleEvent({
      bot_id,
      event_id: newEventId(Date.now()),
      event_type: 'processed',
      processing_time_ms: n % 997,
      timestamp: new Date().toISOString(),
    });
    const headers = schemaHeader(EVENTS_TOPIC);
    yield { topic: EVENTS_TOPIC, key: bot_id, value: JSON.stringify(event), headers };
  }
}

function pidOf(service: ServiceProcess): number {
  if (service.pid === null) throw new Error('the alerter does not run');
  return service.pid;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
