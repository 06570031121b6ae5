/**
 * How fast the aggregator folds the embedded log into stored windows, on one core.
 *
 * The log is filled first and is not part of the time. Then the aggregator runs until the last event
 * is stored and committed: reading, checking, counting, digests, raw events, windows. Where the
 * system has `taskset` the whole process is bound to one core; the rate per CPU second says the same
 * without it.
 *
 *   node bench/aggregator-fold.ts [--events 500000] [--bots 1000] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAggregator } from '@hookpulse/aggregator/run';
import { createClickHouseAggregateStore } from '@hookpulse/aggregator/store/clickhouse-aggregate-store';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { until } from '@hookpulse/common/testing/until';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { EVENTS_TOPIC, schemaHeader, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { migrate } from '@hookpulse/store/migrate';
import { openClickHouse } from '@hookpulse/store/open-client';
import { runChild } from '../scripts/run-child.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { reportedEvent } from './lib/reported-traffic.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  events: { type: 'string', default: '500000' },
  bots: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
  pinned: { type: 'boolean', default: false },
});

if (!options.pinned && (await rerunOnOneCore())) process.exit();

const eventCount = numberOption('events', options.events);
const botCount = numberOption('bots', options.bots);
const logger = createLogger('bench', 'warn');
const directory = await mkdtemp(join(tmpdir(), 'hookpulse-bench-'));
const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
const clickhouse = await openClickHouse({ url: null, dataDir: directory });
try {
  await migrate(clickhouse, { retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  await fill(log);
  report(await fold());
} finally {
  await log.close();
  await clickhouse.close();
  await rm(directory, { recursive: true, force: true });
}

async function fold() {
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const aggregator = await runAggregator({
    log,
    store: createClickHouseAggregateStore(clickhouse),
    logger,
    clock: systemClock,
    processingTimeoutMs: 30_000,
  });
  await until(
    'every event to be stored',
    async () => (await storedOffsets()) === eventCount,
    600_000,
  );
  const wallSeconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await aggregator.close();
  await assertCounted();
  return { wallSeconds, cpuSeconds: (user + system) / 1e6 };
}

async function storedOffsets(): Promise<number> {
  const [row] = await select<{ stored: number }>(
    'SELECT toFloat64(sum(next_offset)) AS stored FROM webhook_positions FINAL',
  );
  return row?.stored ?? 0;
}

/** A fast wrong answer is no answer. */
async function assertCounted(): Promise<void> {
  const [hours] = await select<{ events: number }>(
    'SELECT sum(requests_received + requests_processed) AS events FROM webhook_metrics FINAL',
  );
  const [raw] = await select<{ events: number }>(
    'SELECT count() AS events FROM webhook_events FINAL',
  );
  if (hours?.events !== eventCount || raw?.events !== eventCount) {
    throw new Error(`stored ${raw?.events} raw events, counted ${hours?.events} of ${eventCount}`);
  }
}

async function select<T>(query: string): Promise<T[]> {
  return (await clickhouse.query({ query, format: 'JSONEachRow' })).json<T>();
}

async function fill(target: EventLog): Promise<void> {
  const messagesAtOnce = 5_000;
  for (let n = 0; n < eventCount; n += messagesAtOnce) {
    const messages: OutgoingMessage[] = [];
    for (let m = n; m < Math.min(n + messagesAtOnce, eventCount); m += 1) messages.push(message(m));
    await target.publish(messages);
  }
}

function message(n: number): OutgoingMessage {
  const event = reportedEvent(n, botCount);
  const headers = schemaHeader(EVENTS_TOPIC);
  return { topic: EVENTS_TOPIC, key: event.bot_id, value: JSON.stringify(event), headers };
}

function report(times: { wallSeconds: number; cpuSeconds: number }): void {
  const result = {
    events: eventCount,
    bots: botCount,
    boundToOneCore: options.pinned,
    wallSeconds: round(times.wallSeconds),
    cpuSeconds: round(times.cpuSeconds),
    eventsPerSecond: Math.round(eventCount / times.wallSeconds),
    eventsPerCpuSecond: Math.round(eventCount / times.cpuSeconds),
    rssMiB: Math.round(process.memoryUsage().rss / 2 ** 20),
  };
  writeResult('aggregator-fold', result, { json: options.json });
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** @returns false where the system has no `taskset`. */
async function rerunOnOneCore(): Promise<boolean> {
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1), '--pinned'];
  try {
    process.exitCode = await runChild(['taskset', '-c', '0', ...program]);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
