/** Ingest as several processes on one port, on a real broker: together they are one ingest. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { scrape } from '@hookpulse/common/testing/scrape';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { makeBot, WEBHOOK_SECRET } from '@hookpulse/ingest/testing/bots';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { postJson } from '@hookpulse/traffic/post-json';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from './setup/requirements.ts';
import { type ProxiedBroker, startBrokerBehindProxy } from './support/broker-behind-proxy.ts';
import { ServiceProcess } from './support/service-process.ts';

const WORKERS = [1, 2];
const SENDERS = 8;
/** A connection for each delivery. */
const FRESH = new Agent({ keepAlive: false });

const started: ServiceProcess[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((service) => service.stop('SIGKILL')));
});

async function create(env: Readonly<Record<string, string>>): Promise<ServiceProcess> {
  const service = await ServiceProcess.create('ingest', {
    ADMIN_TOKEN: 'the-admin-token',
    INGEST_WORKERS: String(WORKERS.length),
    ...env,
  });
  started.push(service);
  return service;
}

interface Line {
  readonly msg: string;
  readonly worker?: number;
  readonly pid?: number;
  readonly url?: string;
  readonly statusCode?: number;
}

function linesOf(service: ServiceProcess): Line[] {
  const lines = service.output().split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

/** Process ids by number, of each number the newest. */
function workersOf(service: ServiceProcess): Map<number, number> {
  const ready = linesOf(service).filter(({ msg, pid }) => msg === 'ready' && pid !== undefined);
  return new Map(ready.map(({ worker = 0, pid = 0 }) => [worker, pid]));
}

function pidOf(service: ServiceProcess, worker: number): number {
  return workersOf(service).get(worker) ?? Number.NaN;
}

/** Resolves when every worker is ready, none of them one of these processes. */
async function allReady(service: ServiceProcess, ended: readonly number[] = []): Promise<void> {
  await until('all workers to be ready', () => {
    const pids = [...workersOf(service).values()];
    return pids.length === WORKERS.length && !pids.some((pid) => ended.includes(pid));
  });
}

/** Whether a process is there, other than as one whose end nobody has asked for yet. */
async function isAlive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  return stat !== null && !/\) Z /.test(stat);
}

async function allGone(pids: Iterable<number>): Promise<void> {
  for (const pid of pids) await until(`process ${pid} to end`, async () => !(await isAlive(pid)));
}

/** One update. @returns null: there was no answer */
function deliver(url: string, updateId: number, agent: Agent, { bot_id } = makeBot()) {
  const secret = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  const update = { update_id: updateId, message: { message_id: updateId } };
  return postJson(agent, `${url}/webhook/${bot_id}`, secret, JSON.stringify(update));
}

/** Sends like Telegram: repeats each update until it is acknowledged. */
class Traffic {
  static #nextUpdateId = 1;
  readonly acknowledged = new Set<number>();
  readonly #statuses = new Set<number | null>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  readonly #senders: readonly Promise<void>[];
  #isOver = false;

  constructor(url: string) {
    this.#senders = Array.from({ length: SENDERS }, async () => {
      while (!this.#isOver) {
        const updateId = Traffic.#nextUpdateId++;
        let status: number | null = null;
        while (status !== 200 && !this.#isOver) {
          status = await deliver(url, updateId, this.#agent);
          this.#statuses.add(status);
        }
        if (status === 200) this.acknowledged.add(updateId);
      }
    });
  }

  /** Resolves when so many more are acknowledged. */
  async more(count = 200): Promise<void> {
    const goal = this.acknowledged.size + count;
    await until(`${count} more deliveries`, () => this.acknowledged.size >= goal);
  }

  /** @returns all answers that there were; null stands for none */
  async end(): Promise<ReadonlySet<number | null>> {
    this.#isOver = true;
    await Promise.all(this.#senders);
    this.#agent.destroy();
    return this.#statuses;
  }
}

/** Delivers on one fresh connection after the other, which is when connections are handed to workers. */
class Knocking {
  readonly statuses = new Set<number | null>();
  readonly #senders: readonly Promise<void>[];
  #isOver = false;

  constructor(url: string) {
    this.#senders = Array.from({ length: SENDERS }, async () => {
      while (!this.#isOver) this.statuses.add(await deliver(url, 0, FRESH));
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#senders);
  }
}

async function acceptedOf(service: ServiceProcess): Promise<number> {
  const { value } = await scrape(service.url);
  return value('hookpulse_deliveries_total', { outcome: 'accepted' }) ?? 0;
}

describe('settings that several workers cannot have', () => {
  test('the embedded log', async () => {
    const service = await create({});
    service.start();
    expect(await service.exitCode()).toBe(1);
    expect(service.output()).toContain('INGEST_WORKERS must be 1 (or auto) without KAFKA_BROKERS');
  });

  test('any free port, which would be another one for each', async () => {
    const service = await create({ KAFKA_BROKERS: '127.0.0.1:1', INGEST_PORT: '0' });
    service.start();
    expect(await service.exitCode()).toBe(1);
    expect(service.output()).toContain('INGEST_PORT must not be 0 when INGEST_WORKERS is above 1');
  });
});

describeWithLocalKafka('two workers', () => {
  let kafka: ProxiedBroker;
  let log: EventLog;

  beforeAll(async () => {
    kafka = await startBrokerBehindProxy();
    const brokers = [kafka.broker.address];
    const settings = { brokers, ssl: false, sasl: null, clientId: 'workers' };
    log = await openKafkaEventLog(settings, silentLogger);
    await log.ensureTopics(TOPIC_SPECS);
    const registry = await openBotRegistry(log, silentLogger);
    await registry.put(makeBot());
    await registry.close();
  });

  afterEach(() => kafka.proxy.accept());
  afterAll(async () => {
    await log.close();
    await kafka.close();
  });

  async function start(env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const service = await create({ KAFKA_BROKERS: kafka.proxy.address, ...env });
    service.start();
    await service.ready();
    await allReady(service);
    return service;
  }

  /** Fails unless all of these updates are on the log. */
  async function expectStored(updateIds: ReadonlySet<number>): Promise<void> {
    const stored = new Set<number>();
    const follower = await log.follow({
      topic: UPDATES_TOPIC,
      onMessage: ({ value }) =>
        stored.add(JSON.parse(Buffer.from(value ?? []).toString()).update.update_id),
    });
    await follower.caughtUp;
    await follower.close();
    expect(updateIds.size).toBeGreaterThan(0);
    expect([...updateIds].filter((id) => !stored.has(id))).toEqual([]);
  }

  test('wait for the log at their port, say so, and leave in order', async () => {
    await kafka.proxy.refuse();
    const service = await create({ KAFKA_BROKERS: kafka.proxy.address });
    service.start();
    await until('ingest to miss its log', async () => {
      const response = await fetch(`${service.url}/readyz`);
      return response.status === 503 && (await response.text()).includes('"field":"log"');
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    const knocking = new Knocking(service.url);
    await until('deliveries to be refused', () => knocking.statuses.has(503));
    await kafka.proxy.accept();
    await until('deliveries to be taken', () => knocking.statuses.has(200));
    await service.ready();
    await allReady(service);
    // Every one was answered, also while the port went from the waiting room to the workers.
    await knocking.end();
    expect([...knocking.statuses].toSorted()).toEqual([200, 503]);
    const pids = [...workersOf(service).values()];
    expect(await service.stop('SIGTERM')).toBe(0);
    await allGone(pids);
    const stopped = linesOf(service).filter(({ msg }) => msg === 'stopped');
    // The supervisor is the last.
    expect(stopped.at(-1)?.worker).toBeUndefined();
    expect(stopped.flatMap(({ worker = [] }) => worker).toSorted()).toEqual(WORKERS);
  });

  test('share deliveries, know every bot, and answer with the metrics of both', async () => {
    const service = await start({ LOG_LEVEL: 'debug' });
    const late = makeBot({ bot_id: 'late', name: 'Late' });
    const registry = await openBotRegistry(log, silentLogger);
    await registry.put(late);
    await registry.close();
    let accepted = 0;
    await until('both workers to know the bot', async () => {
      const status = await deliver(service.url, accepted, FRESH, late);
      if (status === 200) accepted += 1;
      const knowing = linesOf(service)
        .filter(
          ({ msg, url, statusCode }) =>
            msg === 'request' && url?.endsWith('/late') && statusCode === 200,
        )
        .map(({ worker }) => worker);
      return new Set(knowing).size === WORKERS.length;
    });
    for (let n = 0; n < 4; n += 1) expect(await acceptedOf(service)).toBe(accepted);
    const { value } = await scrape(service.url);
    expect(value('hookpulse_ready_workers')).toBe(WORKERS.length);
    expect(value('hookpulse_ready', { check: 'log' })).toBe(1);
    expect(value('hookpulse_acknowledge_duration_seconds_count')).toBe(accepted);
    expect(value('hookpulse_worker_exits_total')).toBe(0);
  });

  test('lose nothing acknowledged when one is killed, and count on', async () => {
    const service = await start();
    const traffic = new Traffic(service.url);
    await traffic.more();
    const killed: number[] = [];
    for (const number of WORKERS) {
      const before = await acceptedOf(service);
      const pid = pidOf(service, number);
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
      await allReady(service, killed);
      await traffic.more();
      expect(await acceptedOf(service)).toBeGreaterThanOrEqual(before);
    }
    const statuses = await traffic.end();
    expect([...statuses].filter((status) => status !== null)).toEqual([200]);
    const { value } = await scrape(service.url);
    expect(value('hookpulse_worker_exits_total')).toBe(killed.length);
    await expectStored(traffic.acknowledged);
  });

  test('are replaced one after the other under traffic, without losing a count', async () => {
    const service = await start();
    const traffic = new Traffic(service.url);
    await traffic.more();
    const replaced: number[] = [];
    for (const number of WORKERS) {
      const pid = pidOf(service, number);
      process.kill(pid, 'SIGTERM');
      replaced.push(pid);
      await allReady(service, replaced);
      await traffic.more();
    }
    const statuses = await traffic.end();
    expect([...statuses].filter((status) => status !== null)).toEqual([200]);
    await expectStored(traffic.acknowledged);
    // What is accepted without an answer, because the connection was closed, counts too.
    expect(await acceptedOf(service)).toBeGreaterThanOrEqual(traffic.acknowledged.size);
  });

  test('end with their supervisor when that is killed, and give the port up', async () => {
    const service = await start();
    const traffic = new Traffic(service.url);
    await traffic.more();
    const pids = [...workersOf(service).values()];
    await service.stop('SIGKILL');
    await allGone(pids);
    await traffic.end();
    const { port, hostname } = new URL(service.url);
    const server = createServer().listen(Number(port), hostname);
    await once(server, 'listening');
    await new Promise((resolve) => server.close(resolve));
    await expectStored(traffic.acknowledged);
  });

  test('drain under traffic when the service is asked to stop', async () => {
    const service = await start();
    const traffic = new Traffic(service.url);
    await traffic.more();
    const pids = [...workersOf(service).values()];
    expect(await service.stop('SIGTERM')).toBe(0);
    expect(await Promise.all(pids.map(isAlive))).toEqual([false, false]);
    const statuses = await traffic.end();
    expect([...statuses].filter((status) => status !== null)).toEqual([200]);
    await expectStored(traffic.acknowledged);
  });

  test('do not start where another program listens, and say so once', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const service = await create({
      KAFKA_BROKERS: kafka.proxy.address,
      INGEST_PORT: String(port),
    });
    service.start();
    expect(await service.exitCode()).toBe(1);
    const said = service.output().match(/cannot start: port \d+ is in use/g);
    expect(said).toHaveLength(1);
    await new Promise((resolve) => other.close(resolve));
  });
});
