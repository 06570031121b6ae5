/** `consumeUpdates` of the SDK, on both engines: workers that are killed lose nothing and keep the order. */
import { randomUUID } from 'node:crypto';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '@hookpulse/query-api/testing/open-test-query-api';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type ConsumeUpdatesOptions,
  consumeUpdates,
  type UpdateConsumer,
} from '../../packages/sdk/src/index.ts';
import { describeWithKafka } from '../setup/requirements.ts';
import { runConsumers } from './run-consumers.ts';
import type { NumberedUpdate, Source } from './worker.ts';

/** As a program: `npm run chaos:consumers`. */
const KILLS = 4;

interface Rig {
  readonly log: () => EventLog;
  /** Registers a bot. */
  addBot(): Promise<string>;
  readonly source: () => Source;
}

describe('consumeUpdates by HTTP from the embedded log', () => {
  let api: TestQueryApi;
  let url: string;
  beforeAll(async () => {
    api = await openTestQueryApi(Date.now());
    url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(() => api?.close());
  declareTests({
    log: () => api.deps.log,
    addBot: () => addBot(api),
    source: () => ({ url, token: TEST_TOKENS.admin }),
  });

  test.each([
    ['token', { token: 'wrong' }, /401/],
    ['bot', { botId: 'nobody' }, /404/],
    ['group', { group: 'a/b' }, /group must be/],
  ])('a wrong %s is told at once', async (_what, wrong, told) => {
    const botId = await addBot(api);
    const options = { url, token: TEST_TOKENS.admin, botId, group: 'g', handler: () => undefined };
    await expect(consumeUpdates({ ...options, ...wrong })).rejects.toThrow(told);
  });
});

describeWithKafka('consumeUpdates from Kafka', (brokers) => {
  let api: TestQueryApi;
  let log: EventLog;
  let url: string;
  beforeAll(async () => {
    const settings = { brokers, ssl: false, sasl: null, clientId: 'consumers' };
    log = await openKafkaEventLog(settings, silentLogger, { publishLimitMs: 30_000 });
    await log.ensureTopics(TOPIC_SPECS.filter(({ name }) => name === UPDATES_TOPIC));
    api = await openTestQueryApi(Date.now());
    url = await api.openApp({}, { log }).listen({ host: '127.0.0.1', port: 0 });
  });
  afterAll(async () => {
    await api?.close();
    await log?.close();
  });
  const rig = { log: () => log, addBot: () => addBot(api) };
  test('a topic that is missing is told at once', async () => {
    const options = { brokers, topic: 'no.such.topic', botId: 'a', group: 'g' };
    await expect(consumeUpdates({ ...options, handler: () => undefined })).rejects.toThrow(
      /topic-partition/,
    );
  });
  describe('directly', () => declareTests({ ...rig, source: () => ({ brokers }) }));
  describe('by HTTP', () =>
    declareTests({ ...rig, source: () => ({ url, token: TEST_TOKENS.admin }) }));
});

async function addBot(api: TestQueryApi): Promise<string> {
  const botId = `bot-${randomUUID().slice(0, 8)}`;
  await api.registry.put(testBot(botId));
  return botId;
}

function declareTests(rig: Rig): void {
  const consumers: UpdateConsumer[] = [];
  afterEach(async () => {
    await Promise.all(consumers.splice(0).map((consumer) => consumer.close()));
  });

  async function consume(
    botId: string,
    handler: ConsumeUpdatesOptions<NumberedUpdate>['handler'],
    more: object = {},
  ): Promise<UpdateConsumer> {
    const consumer = await consumeUpdates<NumberedUpdate>({
      ...{ botId, group: 'workers', handler, retryDelayMs: () => 5, onError: () => undefined },
      ...rig.source(),
      ...more,
    } as ConsumeUpdatesOptions<NumberedUpdate>);
    consumers.push(consumer);
    return consumer;
  }

  let updateId = 0;
  async function publish(botId: string, chat: number, ...texts: readonly string[]): Promise<void> {
    await rig.log().publish(
      texts.map((text) => {
        updateId += 1;
        const update = { update_id: updateId, message: { chat: { id: chat }, text } };
        const value = JSON.stringify({
          bot_id: botId,
          received_at: new Date().toISOString(),
          update,
        });
        return { topic: UPDATES_TOPIC, key: botId, value };
      }),
    );
  }

  test('a group goes on where it was; another group gets everything; other bots are not seen', async () => {
    const [botId, other] = [await rig.addBot(), await rig.addBot()];
    await publish(botId, 1, 'a', 'b');
    await publish(other, 1, 'not for it');
    const first: string[] = [];
    const consumer = await consume(botId, ({ message }) => first.push(message.text));
    await until('two updates', () => first.length === 2);
    await consumer.close();
    await publish(botId, 1, 'c');
    const second: string[] = [];
    await consume(botId, ({ message }) => second.push(message.text));
    const others: string[] = [];
    await consume(botId, ({ message }) => others.push(message.text), { group: 'audit' });
    await until('all updates', () => second.length === 1 && others.length === 3);
    expect([first, second, others]).toEqual([['a', 'b'], ['c'], ['a', 'b', 'c']]);
  });

  test('a chat waits for what fails in it, others go on, and failures are reported', async () => {
    const botId = await rig.addBot();
    await publish(botId, 1, 'bad', 'behind');
    await publish(botId, 2, 'beside');
    const handled: string[] = [];
    const reported: string[] = [];
    const report = (kind: string) => (details: { error_message?: string | null }) =>
      reported.push([kind, details.error_message].filter(Boolean).join(' '));
    let isMended = false;
    await consume(
      botId,
      ({ message }) => {
        if (message.text === 'bad' && !isMended) throw new Error('no database');
        handled.push(message.text);
      },
      {
        reporter: {
          processed: report('processed'),
          error: report('error'),
          retry: report('retry'),
        },
      },
    );
    await until('retries', () => handled.length === 1 && reported.includes('retry no database'));
    expect(handled).toEqual(['beside']);
    isMended = true;
    await until('the rest', () => handled.length === 3);
    expect(handled).toEqual(['beside', 'bad', 'behind']);
    expect(reported.filter((one) => one.startsWith('error'))).toEqual(['error no database']);
    expect(reported.filter((one) => one === 'processed').length).toBe(3);
  });

  test('closing waits for what is under way, and what is not begun is for the next worker', async () => {
    const botId = await rig.addBot();
    await publish(botId, 1, 'slow', 'next');
    const slow = Promise.withResolvers<void>();
    const handled: string[] = [];
    const began: string[] = [];
    const consumer = await consume(botId, async ({ message }) => {
      began.push(message.text);
      await slow.promise;
      handled.push(message.text);
    });
    await until('the slow one', () => began.length === 1);
    const closed = consumer.close();
    slow.resolve();
    await closed;
    expect([began, handled]).toEqual([['slow'], ['slow']]);
    await consume(botId, ({ message }) => handled.push(message.text));
    await until('the next one', () => handled.length === 2);
    expect(handled).toEqual(['slow', 'next']);
  });

  test('an update that stands twice is handled once, and one that is replayed again', async () => {
    const botId = await rig.addBot();
    const update = { update_id: 5, message: { chat: { id: 1 }, text: 'once' } };
    const value = JSON.stringify({ bot_id: botId, received_at: new Date().toISOString(), update });
    const record = { topic: UPDATES_TOPIC, key: botId, value };
    await rig.log().publish([record, record, { ...record, headers: { 'replay-id': 'r1' } }]);
    const handled: (string | null)[] = [];
    await consume(botId, (_update, { replayId }) => handled.push(replayId));
    await until('the replayed one', () => handled.includes('r1'));
    expect(handled).toEqual([null, 'r1']);
  });

  test(`two workers that are killed ${KILLS} times handle every update, in the order of its chat`, async () => {
    const botId = await rig.addBot();
    const source = { ...rig.source(), sessionTimeoutMs: 2_000 };
    const publishAll = (messages: Parameters<EventLog['publish']>[0]) =>
      rig.log().publish(messages);
    const report = await runConsumers({
      publish: publishAll,
      source,
      botId,
      kills: KILLS,
      seed: 1,
    });
    expect(report.findings).toEqual([]);
    expect(report.updates).toBeGreaterThan(0);
  }, 240_000);
}
