/**
 * Child process of the ingest benchmark: one of the two servers that are compared. It tells its
 * parent its address, and when told to stop, what its log holds.
 *
 * - `bare`: Fastify as it comes, parsing the same body and answering the same.
 * - `ingest`: the real service on the real embedded log, with a real registry.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { EVENTS_TOPIC, TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { start } from '@hookpulse/ingest/start';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { openTelemetry } from '@hookpulse/service-kit/telemetry/telemetry';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { fastify } from 'fastify';
import { benchBot } from './bench-bot.ts';
import type { ServerOrder, ServerReport } from './ingest-protocol.ts';

interface Server {
  readonly url: string;
  /** Stops it, and answers how many updates and events it has stored. */
  stop(): Promise<{ updates: number; events: number }>;
}

const logger = createLogger('bench', 'warn');
const server = await (process.argv[2] === 'bare' ? startBare() : startIngest());
let before = { process: process.cpuUsage(), mainThread: process.threadCpuUsage() };
process.on('message', async (order: ServerOrder) => {
  if (order === 'measure') {
    before = { process: process.cpuUsage(), mainThread: process.threadCpuUsage() };
    return;
  }
  const cpuSeconds = seconds(process.cpuUsage(before.process));
  const mainThreadCpuSeconds = seconds(process.threadCpuUsage(before.mainThread));
  report({ kind: 'stopped', ...(await server.stop()), cpuSeconds, mainThreadCpuSeconds });
  process.disconnect();
});
// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());
report({ kind: 'listening', url: server.url });

async function startBare(): Promise<Server> {
  const app = fastify();
  app.post('/webhook/:botId', () => ({}));
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    stop: async () => {
      await app.close();
      return { updates: 0, events: 0 };
    },
  };
}

async function startIngest(): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-bench-'));
  // Nothing is on unless the environment says so (`telemetry.ts`).
  const config = readConfig(process.env);
  const telemetry = await openTelemetry(config, 'ingest');
  const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  const registry = await openBotRegistry(log, logger);
  await registry.put(benchBot());
  const ingest = await start({
    settings: {
      host: '127.0.0.1',
      port: 0,
      trustProxy: false,
      eventRetentionDays: 7,
      adminToken: null,
      botMetrics: config.metrics,
    },
    log,
    registry,
    logger: createLogger('bench', 'warn', telemetry.errors),
    clock: systemClock,
    tracer: telemetry.tracer,
  });
  return {
    url: ingest.url,
    stop: async () => {
      await ingest.close();
      await telemetry.close();
      await registry.close();
      await log.close();
      const stored = await countStored(directory);
      await rm(directory, { recursive: true, force: true });
      return stored;
    },
  };
}

/** Opens the log anew: what is found in its files was durable. */
async function countStored(directory: string): Promise<{ updates: number; events: number }> {
  const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  const count = async (topic: string) => {
    const ranges = await log.ranges(topic);
    return Number(ranges.reduce((sum, range) => sum + range.endOffset - range.startOffset, 0n));
  };
  const stored = { updates: await count(UPDATES_TOPIC), events: await count(EVENTS_TOPIC) };
  await log.close();
  return stored;
}

function seconds(usage: NodeJS.CpuUsage): number {
  return (usage.user + usage.system) / 1e6;
}

function report(message: ServerReport): void {
  process.send?.(message);
}
