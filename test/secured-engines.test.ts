/** Services on engines that are secured: Kafka with TLS and SASL, ClickHouse with https and a password. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type LocalClickHouse, startLocalClickHouse } from './clickhouse-server/local-server.ts';
import {
  PASSWORD,
  type SecuredBroker,
  startSecuredBroker,
  USER,
} from './kafka-broker/secured-broker.ts';
import { describeWithLocalKafka } from './setup/requirements.ts';
import { type ServiceName, ServiceProcess } from './support/service-process.ts';
import { createTestAuthority } from './support/test-certificates.ts';

const ADMIN_TOKEN = 'admin-token';

describeWithLocalKafka('secured engines', (startBroker) => {
  let broker: SecuredBroker;
  let clickhouse: LocalClickHouse;
  let folder: string;
  let started: ServiceProcess[];
  /** What a service needs to get in. */
  let env: Record<string, string>;
  /** A file of an authority that signed none of the servers' certificates. */
  let strangersCa: string;

  beforeAll(async () => {
    broker = await startSecuredBroker(startBroker);
    const tls = await broker.authority.issue('localhost');
    clickhouse = await startLocalClickHouse({ tls, password: 'only-we-know' });
  });
  afterAll(() => Promise.all([broker, clickhouse].map((one) => one?.close())));

  beforeEach(async () => {
    started = [];
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-secured-'));
    strangersCa = join(folder, 'stranger.pem');
    await writeFile(strangersCa, (await createTestAuthority()).cert);
    env = {
      DATA_DIR: folder,
      ADMIN_TOKEN,
      KAFKA_BROKERS: broker.saslAddress,
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: broker.files.ca,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: USER,
      KAFKA_SASL_PASSWORD: PASSWORD,
      CLICKHOUSE_URL: clickhouse.url,
      CLICKHOUSE_SSL_CA: broker.files.ca,
    };
  });
  afterEach(async () => {
    await Promise.all(started.map((service) => service.stop('SIGKILL')));
    await rm(folder, { recursive: true, force: true });
  });

  async function start(name: ServiceName, changes: Readonly<Record<string, string>> = {}) {
    const service = await ServiceProcess.create(name, { ...env, ...changes });
    started.push(service);
    service.start();
    return service;
  }

  test('an update goes all the way', async () => {
    const [ingest, aggregator, alerter, queryApi] = await Promise.all(
      (['ingest', 'aggregator', 'alerter', 'query-api'] as const).map((name) => start(name)),
    );
    if (!ingest || !aggregator || !alerter || !queryApi) throw new Error('not all were started');
    await Promise.all(started.map((service) => service.ready()));
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` };
    const registered = await fetch(`${queryApi.url}/api/bots`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ name: 'Bot', bot_id: 'bot', webhook_secret: 'secret' }),
    });
    expect(registered.status).toBe(201);
    await until('the update to be taken', async () => {
      const delivered = await fetch(`${ingest.url}/webhook/bot`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-telegram-bot-api-secret-token': 'secret',
        },
        body: '{"update_id":1}',
      });
      return delivered.status === 200;
    });
    await until('the update to be counted', async () => {
      const answer = await fetch(`${queryApi.url}/api/health/webhook/bot/`);
      const text = await answer.text();
      return text.includes('"requests_received":1');
    });
  });

  test.each([
    [
      'the password of Kafka is wrong',
      'ingest',
      { KAFKA_SASL_PASSWORD: 'a guess' },
      'KAFKA_SASL_PASSWORD',
    ],
    ['the authority of Kafka is unknown', 'ingest', { KAFKA_SSL_CA: '' }, 'KAFKA_SSL_CA'],
    [
      'the authority of ClickHouse is unknown',
      'aggregator',
      { CLICKHOUSE_SSL_CA: '' },
      'CLICKHOUSE_SSL_CA',
    ],
  ] as const)('a start is refused in a sentence when %s', async (_why, name, changes, hint) => {
    const service = await start(name, changes);
    expect(await service.exitCode()).toBe(1);
    expect(service.output()).toMatch(new RegExp(`^${name} cannot start: .*${hint}`, 'm'));
    expect(service.output()).not.toContain('a guess');
  });

  test('what is refused while a service runs is an outage, and ends when it is mended', async () => {
    const ca = join(folder, 'ca.pem');
    await copyFile(broker.files.ca, ca);
    const service = await start('ingest', { KAFKA_SSL_CA: ca });
    await service.ready();
    await copyFile(strangersCa, ca);
    await broker.kill();
    await until('the log to be missed', () => isMissingTheLog(service));
    await broker.restart();
    await until('the certificate to be refused', async () => {
      expect(await isMissingTheLog(service)).toBe(true);
      return service.output().includes("server's certificate is not accepted");
    });
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    await copyFile(broker.files.ca, ca);
    await service.ready();
    expect(service.crashes).toEqual([]);
  });

  async function isMissingTheLog({ url }: ServiceProcess): Promise<boolean> {
    const answer = await fetch(`${url}/readyz`);
    return answer.status === 503 && (await answer.text()).includes('"field":"log"');
  }
});
