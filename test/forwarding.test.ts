/** Every update reaches its bot in order, whenever the forwarder is killed, and whatever the bots do. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import {
  type ForwarderFixture,
  messageOf,
  openForwarderFixture,
} from '@hookpulse/forwarder/testing/forwarder-fixture';
import {
  type Behaviour,
  hang,
  ok,
  startTestBot,
  type TestBotServer,
} from '@hookpulse/forwarder/testing/test-bots';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { LocalBroker } from './kafka-broker/local-broker.ts';
import { describeWithLocalKafka } from './setup/requirements.ts';
import { HookpulseClient, type Span } from './support/hookpulse-client.ts';
import { type RunningHookpulse, startHookpulse } from './support/hookpulse-process.ts';
import { ServiceProcess } from './support/service-process.ts';

const CHATS = 7;
const MAX_CONNECTIONS = 4;
const UPDATES = 100;
const KILLS_AFTER_MS = [500, 1_500];

const slow: Behaviour = async (request, response) => {
  await delay(20);
  await ok(request, response);
};
/** Fails the first attempt of every third update. */
const flaky: Behaviour = ({ headers, updateId }, response) => {
  const isBad = updateId % 3 === 0 && headers['x-hookpulse-attempt'] === '1';
  response.writeHead(isBad ? 500 : 200).end();
};
const BEHAVIOURS = { fine: ok, slow, flaky, hanging: hang };
const NAMES = Object.keys(BEHAVIOURS);

let servers: Map<string, TestBotServer>;

beforeEach(async () => {
  servers = new Map();
  for (const [name, behaviour] of Object.entries(BEHAVIOURS)) {
    const server = await startTestBot();
    server.behave(behaviour);
    servers.set(name, server);
  }
});
afterEach(() => Promise.all(servers.values().map((server) => server.close())));

function updatesOf(ids: readonly number[]): object[] {
  return ids.map((id) => messageOf(id, id % CHATS));
}

const ALL_IDS = Array.from({ length: UPDATES }, (_, index) => index + 1);

/**
 * Waits until every bot has all of its updates, in order.
 * @param doubled - how many of a bot's updates may be on the log twice
 */
async function expectAllTaken(doubled: (name: string) => number): Promise<void> {
  servers.get('hanging')?.behave(ok);
  for (const [name, { taken, seen }] of servers) {
    await until(`all updates of ${name}`, () => new Set(taken).size === UPDATES, 120_000);
    const firsts = [...new Set(taken)];
    for (let chat = 0; chat < CHATS; chat += 1) {
      const ofChat = firsts.filter((id) => id % CHATS === chat);
      expect([name, ofChat]).toEqual([name, ofChat.toSorted((a, b) => a - b)]);
    }
    const repeated = taken.length - UPDATES - doubled(name);
    expect(repeated).toBeLessThanOrEqual(KILLS_AFTER_MS.length * MAX_CONNECTIONS);
    const secrets = seen.map(({ headers }) => headers['x-telegram-bot-api-secret-token']);
    expect(new Set(secrets)).toEqual(new Set([`of-${name}`]));
  }
}

describe('Hookpulse in one process', () => {
  let dataDir: string;
  let hookpulse: RunningHookpulse | undefined;
  let client: HookpulseClient;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-forwarding-'));
  });
  afterEach(async () => {
    await hookpulse?.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    hookpulse = await startHookpulse(dataDir, { WEBHOOK_PROCESSING_TIMEOUT: '2' });
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    client = new HookpulseClient(hookpulse.urls, adminToken);
  }

  test('kill -9 at any moment: nothing is lost, order is kept, and little is repeated', async () => {
    await start();
    const redelivered = new Map<string, number>();
    const deliver = async (name: string, secret: string) => {
      for (const update of updatesOf(ALL_IDS)) {
        for (;;) {
          const answer = await client.deliver(name, secret, update).catch(() => null);
          if (answer?.status === 200) break;
          // The log may have it all the same.
          redelivered.set(name, (redelivered.get(name) ?? 0) + 1);
          await delay(50);
        }
      }
    };
    const delivering: Promise<void>[] = [];
    for (const name of NAMES) {
      const { secret } = await client.registerBot(name);
      const url = servers.get(name)?.url;
      const forward = { url, secret: `of-${name}`, max_connections: MAX_CONNECTIONS };
      await client.changeBot(name, { forward });
      delivering.push(deliver(name, secret));
    }
    for (const killAfterMs of KILLS_AFTER_MS) {
      await delay(killAfterMs);
      await hookpulse?.stop('SIGKILL');
      await start();
    }
    await Promise.all(delivering);
    await expectAllTaken((name) => redelivered.get(name) ?? 0);
    // None counts as one that nobody reported in time. What is on the log twice was handed over twice.
    await until('the counts', async () => {
      const { last_15_minutes: span } = await client.botHealth('flaky');
      expect(span).toMatchObject({ requests_received: UPDATES, timeout_errors: 0 });
      expectProcessed(span, 'flaky');
      return true;
    });
    const { last_15_minutes: fine } = await client.botHealth('fine');
    expect(fine).toMatchObject({ requests_received: UPDATES, requests_failed: 0 });
    expectProcessed(fine, 'fine');

    function expectProcessed({ requests_processed: processed }: Span, name: string): void {
      expect(processed).toBeGreaterThanOrEqual(UPDATES);
      expect(processed).toBeLessThanOrEqual(UPDATES + (redelivered.get(name) ?? 0));
    }
  });

  test('a replay survives kill -9, keeps order, and shows the bot that it is one', async () => {
    await start();
    const server = servers.get('slow');
    const from = new Date(Date.now() - 60_000).toISOString();
    const { secret } = await client.registerBot('again');
    await client.changeBot('again', { forward: { url: server?.url, max_connections: 2 } });
    const ids = ALL_IDS.slice(0, 30);
    for (const update of updatesOf(ids)) await client.deliver('again', secret, update);
    await until('the first time', () => server?.taken.length === ids.length, 120_000);
    const { updates, replay_id: replayId } = await client.replay({ bot_id: 'again', from });
    expect(updates).toBe(ids.length);
    await hookpulse?.stop('SIGKILL');
    await start();
    const replayed = () =>
      server?.seen.filter(({ headers }) => headers['x-hookpulse-replay'] === replayId) ?? [];
    await until(
      'all of them again',
      () => new Set(replayed().map((one) => one.updateId)).size === ids.length,
      120_000,
    );
    const firsts = [...new Set(replayed().map(({ updateId }) => updateId))];
    for (let chat = 0; chat < CHATS; chat += 1) {
      const ofChat = firsts.filter((id) => id % CHATS === chat);
      expect(ofChat).toEqual(ofChat.toSorted((a, b) => a - b));
    }
    // What was under way when it was killed, at most.
    expect(replayed().length - ids.length).toBeLessThanOrEqual(2);
    const eventIds = new Set(server?.seen.map(({ headers }) => headers['x-hookpulse-event-id']));
    expect(eventIds.size).toBe(ids.length);
  });
});

describeWithLocalKafka('the forwarder as a process of its own, on Kafka', (startBroker) => {
  let broker: LocalBroker;
  let log: EventLog;
  let fixture: ForwarderFixture;

  beforeAll(async () => {
    broker = await startBroker();
    const settings = { brokers: [broker.address], ssl: false, sasl: null, clientId: 'test' };
    log = await openKafkaEventLog(settings, silentLogger, { publishLimitMs: 30_000 });
    fixture = await openForwarderFixture(log);
  });
  afterAll(async () => {
    await fixture?.close();
    await log?.close();
    await broker?.close();
  });

  test('kill -9 at any moment: nothing is lost, order is kept, and little is repeated', async () => {
    const key = randomSecret();
    const forwarder = await ServiceProcess.create('forwarder', {
      KAFKA_BROKERS: broker.address,
      SECRETS_KEY: key,
    });
    const box = createSecretBox(key);
    for (const [name, { url }] of servers) {
      const secret = box.seal(`of-${name}`, name, 'forward.secret');
      await fixture.forward(name, { url, secret, max_connections: MAX_CONNECTIONS });
    }
    forwarder.start();
    try {
      await forwarder.ready();
      const publishing = (async () => {
        for (let from = 0; from < UPDATES; from += 10) {
          const updates = updatesOf(ALL_IDS.slice(from, from + 10));
          for (const name of NAMES) await fixture.publish(name, updates);
          await delay(100);
        }
      })();
      for (const killAfterMs of KILLS_AFTER_MS) {
        await until('some progress', () => servers.get('fine')?.taken.length);
        await delay(killAfterMs);
        await forwarder.stop('SIGKILL');
        forwarder.start();
        await forwarder.ready();
      }
      await publishing;
      await expectAllTaken(() => 0);
      expect(await forwarder.stop('SIGTERM')).toBe(0);
    } finally {
      await forwarder.stop('SIGKILL');
    }
  });
});
