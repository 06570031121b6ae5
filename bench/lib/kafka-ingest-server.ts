/**
 * Child process of the broker-away benchmark: the real ingest on a real Kafka, with one bot. It tells
 * its parent its address, and every 100 ms what memory it uses.
 *
 *   node kafka-ingest-server.ts <broker address>
 */

import { systemClock } from '@hookpulse/common/runtime/clock';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { start } from '@hookpulse/ingest/start';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { benchBot } from './bench-bot.ts';

export type KafkaIngestReport =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'memory'; readonly heapBytes: number; readonly residentBytes: number };

const REPORT_INTERVAL_MS = 100;

const [broker = ''] = process.argv.slice(2);
const logger = createLogger('bench', 'fatal');
const settings = { brokers: [broker], ssl: false, sasl: null, clientId: 'bench-ingest' };
const log = await openKafkaEventLog(settings, logger);
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
  },
  log,
  registry,
  logger,
  clock: systemClock,
});

// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());
report({ kind: 'listening', url: ingest.url });
setInterval(() => {
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  // What is queued lies in buffers, outside of the heap proper.
  report({ kind: 'memory', heapBytes: heapUsed + arrayBuffers, residentBytes: rss });
}, REPORT_INTERVAL_MS);

function report(message: KafkaIngestReport): void {
  process.send?.(message);
}
