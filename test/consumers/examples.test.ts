/** The examples of the consumers' guide, run as they stand there. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receivedEventId } from '@hookpulse/common/events/event-identity';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { eventMessage, updateHeaders } from '@hookpulse/event-log/record-headers';
import { EVENTS_TOPIC, TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { storeEvents } from '@hookpulse/query-api/testing/store-events';
import { storeRawEvents } from '@hookpulse/query-api/testing/store-raw-events';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { installIfAllowed, succeeds } from '../setup/programs.ts';
import {
  describeUnless,
  describeWithClickHouse,
  describeWithKafka,
  describeWithPython,
} from '../setup/requirements.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const GUIDE = readFileSync(join(ROOT, 'docs/guides/consumers.md'), 'utf8');
const hasKcat = () => succeeds('kcat', ['-V']);
if (!hasKcat()) installIfAllowed(['kcat'], 'reads topics as the guide does.');

/** Under a heading of the guide. */
function exampleUnder(heading: string, language: string): string {
  const [, section = ''] = GUIDE.split(`### ${heading}\n`);
  const [, code] = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(section) ?? [];
  if (code === undefined) throw new Error(`there is no example of ${heading}`);
  return code;
}

describeWithKafka('the examples of the guide, on Kafka', (brokers) => {
  const botId = `bot-${randomUUID().slice(0, 8)}`;
  const children: ChildProcess[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-examples-'));
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const settings = { brokers, ssl: false, sasl: null, clientId: 'examples' };
    const log = await openKafkaEventLog(settings, silentLogger, { publishLimitMs: 30_000 });
    const topics: readonly string[] = [EVENTS_TOPIC, UPDATES_TOPIC];
    await log.ensureTopics(TOPIC_SPECS.filter(({ name }) => topics.includes(name)));
    const at = new Date().toISOString();
    const event = sampleEvent({ bot_id: botId, event_type: 'processed', update_id: 77 });
    const update = { bot_id: botId, received_at: at, update: { update_id: 77, message: {} } };
    const headers = updateHeaders(receivedEventId(botId, 77), botId, at);
    await log.publish([
      eventMessage(event),
      { topic: UPDATES_TOPIC, key: botId, value: JSON.stringify(update), headers },
    ]);
    await log.close();
  });
  afterEach(() => Promise.all(children.splice(0).map(ended)));
  afterAll(() => rm(folder, { recursive: true }));

  async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Resolves when it has printed this. */
  async function printed(text: string, command: string, ...args: readonly string[]): Promise<void> {
    const env = { ...process.env, KAFKA_BROKERS: brokers.join() };
    const child = spawn(command, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    await until(`"${text}"`, () => output.includes(text)).catch((error: unknown) => {
      throw new Error(`printed: ${output}`, { cause: error });
    });
  }

  test('kafkajs', async () => {
    const file = join(folder, 'example.mts');
    await writeFile(file, exampleUnder('kafkajs', 'ts'));
    await printed(`hookpulse.event.processed ${botId} 77`, process.execPath, file);
  });

  describeWithPython('confluent-kafka', (python) => {
    test('reads updates', async () => {
      const file = join(folder, 'example.py');
      await writeFile(file, exampleUnder('Python', 'python'));
      await printed(`hookpulse.update ${botId} 77`, python, file);
    });
  });

  describeUnless(hasKcat() ? null : 'there is no kcat', 'kcat', () => {
    test('reads events with their headers', async () => {
      const command = exampleUnder('kcat', 'sh');
      await printed(`ce_source=/bots/${botId}/events`, 'sh', '-c', command);
    });
  });
});

describeWithClickHouse('the queries of the guide', (serverUrl) => {
  const queries = [...GUIDE.matchAll(/^```sql\n(.*?)^```/gms)].map(([, sql = '']) => sql);
  let store: TestClickHouse;
  let client: ClickHouseClient;
  beforeAll(async () => {
    store = await openTestClickHouse({ serverUrl });
    client = store.client;
    const timestamp = new Date(Date.now() - 60_000).toISOString();
    const of = { bot_id: 'my-bot', timestamp, update_id: 77 };
    const events = [
      sampleEvent({ ...of, event_type: 'received', status: 'success' }),
      sampleEvent({ ...of, event_type: 'processed', status: 'success', processing_time_ms: 41.5 }),
      sampleEvent({ ...of, event_type: 'error', status: 'failed', error_type: 'Timeout' }),
      sampleEvent({
        ...of,
        ...{ update_id: null, event_type: 'received', status: 'failed' },
        ...{ error_type: 'InvalidSignature', ip_address: '192.0.2.1' },
      }),
    ].map((event, index) => ({ ...event, event_id: sampleEventId(index) }));
    await storeRawEvents(client, events);
    await storeEvents(client, events);
    await client.insert({
      table: 'webhook_alerts',
      format: 'JSONEachRow',
      values: ['firing', 'resolved'].map((transition, index) => ({
        ...{ bot_id: 'my-bot', bot_name: 'My bot', rule: 'no_traffic', alert_id: 'a1', transition },
        ...{ sequence: index + 1, at: Date.now() + index * 600_000, fired_at: Date.now() },
        ...{ reason: 'silent', severity: 1, facts: {} },
      })),
    });
  });
  afterAll(() => store?.close());

  test('there are some', () => expect(queries.length).toBeGreaterThan(5));

  test.each(queries)('%s', async (query) => {
    const result = await client.query({ query, format: 'JSONEachRow' });
    const rows = await result.json();
    expect(rows.length).toBeGreaterThan(0);
  });
});
