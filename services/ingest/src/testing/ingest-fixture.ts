/** Ingest on a real embedded log in a folder of its own, for tests. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from '@hookpulse/common/bots/bot';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog, LogPosition } from '@hookpulse/event-log/event-log';
import { MicroBatcher } from '@hookpulse/event-log/micro-batcher';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { EVENTS_TOPIC, TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { buildIngestApp, type IngestAppDeps } from '../app.ts';
import { BodyReader } from '../bodies/body-reader.ts';
import { ingestMetrics } from '../metrics.ts';
import { makeBot, registryOf } from './bots.ts';

export const NOW_MS = Date.parse('2026-02-10T20:00:00.000Z');
export const ADMIN_TOKEN = 'the-admin-token';

/** All that ingest writes to. */
const WRITTEN_TOPICS = [UPDATES_TOPIC, EVENTS_TOPIC];

export interface StoredMessage {
  /** Topic, partition and offset. */
  readonly place: string;
  readonly key: string | null;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface IngestFixture {
  readonly app: HttpApp;
  readonly log: EventLog;
  readonly bots: Bot[];
  /** Everything on a topic since `forget`, in order within each partition. */
  read(topic: string): Promise<readonly StoredMessage[]>;
  /** Lets the next test see only what it brings itself. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/** The clock stands at `NOW_MS`. Bots: `alpha`; `beta` with other secrets; `gamma`, disabled. */
export async function openIngest(overrides: Partial<IngestAppDeps> = {}): Promise<IngestFixture> {
  const logger = silentLogger;
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-ingest-'));
  const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  const other = { webhook_secret_sha256: 'b'.repeat(64), report_token_sha256: 'b'.repeat(64) };
  const bots = [
    makeBot(),
    makeBot({ bot_id: 'beta', ...other }),
    makeBot({ bot_id: 'gamma', ...other, enabled: false }),
  ];
  const batcher = new MicroBatcher(log);
  const service = createServiceMetrics('ingest');
  /** The position behind the forgotten records. Empty: the start of every partition. */
  let begins: readonly LogPosition[] = [];
  const app = buildIngestApp({
    registry: registryOf(bots),
    publisher: batcher,
    bodies: new BodyReader(),
    clock: { now: () => NOW_MS },
    logger,
    readinessChecks: [{ name: 'log', check: () => log.ping() }],
    service,
    metrics: ingestMetrics(service.registry),
    trustProxy: false,
    adminToken: ADMIN_TOKEN,
    eventRetentionDays: 7,
    ...overrides,
  });
  return {
    app,
    log,
    bots,
    read: (topic) => readTopic(log, topic, begins),
    forget: async () => {
      const ranges = await Promise.all(WRITTEN_TOPICS.map((topic) => log.ranges(topic)));
      begins = ranges
        .flat()
        .map(({ topic, partition, endOffset }) => ({ topic, partition, offset: endOffset }));
    },
    close: async () => {
      await app.close();
      await batcher.close();
      await log.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function readTopic(
  log: EventLog,
  topic: string,
  begins: readonly LogPosition[],
): Promise<readonly StoredMessage[]> {
  const messages: StoredMessage[] = [];
  const follower = await log.follow({
    topic,
    from: begins.filter((begin) => begin.topic === topic),
    onMessage: ({ partition, offset, key, value, headers }) => {
      const text = Buffer.from(value ?? []).toString('utf8');
      messages.push({ place: `${topic}/${partition}/${offset}`, key, text, headers });
    },
  });
  await follower.caughtUp;
  await follower.close();
  return messages;
}
