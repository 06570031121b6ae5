/** Each service as a process of its own: what it refuses, what it waits for, how it stops. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type LocalClickHouse, startLocalClickHouse } from './clickhouse-server/local-server.ts';
import { describeWithLocalKafka } from './setup/requirements.ts';
import { type ProxiedBroker, startBrokerBehindProxy } from './support/broker-behind-proxy.ts';
import { type ServiceName, ServiceProcess } from './support/service-process.ts';
import { startTcpProxy, type TcpProxy } from './support/tcp-proxy.ts';

const ALL: readonly ServiceName[] = ['ingest', 'aggregator', 'alerter', 'forwarder', 'query-api'];
const WITH_STORE: readonly ServiceName[] = ['aggregator', 'query-api'];

let dataDir: string;
let started: ServiceProcess[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-apart-'));
  started = [];
});

afterEach(async () => {
  await Promise.all(started.map((service) => service.stop('SIGKILL')));
  await rm(dataDir, { recursive: true, force: true });
});

async function start(name: ServiceName, env: Readonly<Record<string, string>>) {
  const service = await ServiceProcess.create(name, { DATA_DIR: dataDir, ...env });
  started.push(service);
  service.start();
  return service;
}

async function readyz(service: ServiceProcess) {
  const response = await fetch(`${service.url}/readyz`);
  return { status: response.status, text: await response.text() };
}

/** Resolves when `readyz` is 503 and names the engine. */
async function notReadyFor(service: ServiceProcess, engine: string): Promise<void> {
  await until(`${service.name} to miss its ${engine}`, async () => {
    const { status, text } = await readyz(service);
    return status === 503 && text.includes(`"field":"${engine}"`);
  });
}

describe('a wrong setting', () => {
  test.each(ALL)('%s says which engine must be set', async (name) => {
    const service = await start(name, {});
    expect(await service.exitCode()).toBe(1);
    expect(service.output()).toContain(`${name} cannot start: The configuration is not usable`);
    expect(service.output()).toContain('KAFKA_BROKERS must be set');
    expect(service.output().includes('CLICKHOUSE_URL must be set')).toBe(WITH_STORE.includes(name));
    expect(service.output()).not.toMatch(/\n\s+at /);
  });
});

describe('engines that never come', () => {
  test.each(ALL)('%s lives, says what it waits for, and stops when asked to', async (name) => {
    const nobody = await startTcpProxy();
    await nobody.refuse();
    const service = await start(name, {
      KAFKA_BROKERS: nobody.address,
      CLICKHOUSE_URL: `http://${nobody.address}/hookpulse`,
    });
    await notReadyFor(service, 'log');
    if (WITH_STORE.includes(name)) await notReadyFor(service, 'store');
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    const other = await fetch(`${service.url}/webhook/bot`, { method: 'POST', body: 'anything' });
    expect([other.status, other.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await service.stop('SIGTERM')).toBe(0);
    await nobody.close();
  });
});

describeWithLocalKafka('engines that come, go and come back', () => {
  let broker: ProxiedBroker;
  let clickhouse: LocalClickHouse;
  let kafka: TcpProxy;
  let store: TcpProxy;
  let env: Record<string, string>;

  beforeAll(async () => {
    [broker, clickhouse] = await Promise.all([startBrokerBehindProxy(), startLocalClickHouse()]);
    kafka = broker.proxy;
    const url = new URL(clickhouse.url);
    store = await startTcpProxy(url.host);
    url.host = store.address;
    env = { KAFKA_BROKERS: kafka.address, CLICKHOUSE_URL: url.href };
  });
  afterEach(async () => {
    await Promise.all([kafka.accept(), store.accept()]);
  });
  afterAll(() => Promise.all([broker, clickhouse, store].map((one) => one?.close())));

  test.each(ALL)('%s is ready once they are there, without a restart', async (name) => {
    await Promise.all([kafka.refuse(), store.refuse()]);
    const service = await start(name, env);
    await notReadyFor(service, 'log');
    await Promise.all([kafka.accept(), store.accept()]);
    await service.ready();
    // Engines that come late, and have no topics and tables yet, are no faults.
    expect(service.output()).not.toContain('"stack"');
    expect(await service.stop('SIGTERM')).toBe(0);
  });

  test.each(ALL)('%s names the log while it is away, and recovers', async (name) => {
    const service = await start(name, env);
    await service.ready();
    await kafka.refuse();
    kafka.cutConnections();
    await notReadyFor(service, 'log');
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    await kafka.accept();
    await service.ready();
    expect(service.crashes).toEqual([]);
  });

  test.each(WITH_STORE)('%s names the store while it is away, and recovers', async (name) => {
    const service = await start(name, env);
    await service.ready();
    await store.refuse();
    store.cutConnections();
    await notReadyFor(service, 'store');
    await store.accept();
    await service.ready();
    expect(service.crashes).toEqual([]);
  });

  test.each(ALL)('%s stops in time while its engines are away', async (name) => {
    const service = await start(name, env);
    await service.ready();
    await Promise.all([kafka.refuse(), store.refuse()]);
    kafka.cutConnections();
    store.cutConnections();
    expect(await service.stop('SIGTERM')).toBe(0);
  });

  test.each(WITH_STORE)('%s refuses to start with a wrong password', async (name) => {
    const wrong = new URL(env.CLICKHOUSE_URL ?? '');
    wrong.password = 'wrong';
    const service = await start(name, { ...env, CLICKHOUSE_URL: wrong.href });
    expect(await service.exitCode()).toBe(1);
    expect(service.output()).toContain('check CLICKHOUSE_URL');
    expect(service.output()).not.toContain('password=wrong');
  });

  test('services on one data folder have one admin token', async () => {
    const [ingest, queryApi] = [await start('ingest', env), await start('query-api', env)];
    await Promise.all([ingest.ready(), queryApi.ready()]);
    const path = join(dataDir, 'admin-token');
    expect(queryApi.output()).toContain(path);
    const authorization = `Bearer ${(await readFile(path, 'utf8')).trim()}`;
    const bots = await fetch(`${queryApi.url}/api/bots`, { headers: { authorization } });
    expect(bots.status).toBe(200);
    const report = { bot_id: 'nobody', event_type: 'processed' };
    const reported = await fetch(`${ingest.url}/api/events`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(report),
    });
    // The token is taken; there is no such bot.
    expect(reported.status).toBe(400);
  });
});
