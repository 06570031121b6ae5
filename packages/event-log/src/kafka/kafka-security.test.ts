/** TLS and SASL against a real broker: what gets in, and what is refused with a clear sentence. */
import { writeFile } from 'node:fs/promises';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePort } from '../../../../test/kafka-broker/free-port.ts';
import {
  PASSWORD,
  type SecuredBroker,
  startSecuredBroker,
  USER,
} from '../../../../test/kafka-broker/secured-broker.ts';
import { describeWithLocalKafka } from '../../../../test/setup/requirements.ts';
import { createTestAuthority } from '../../../../test/support/test-certificates.ts';
import { type EventLog, LogRefusedError, LogUnavailableError } from '../event-log.ts';
import { numbered, numbers, uniqueName } from '../testing/contract-context.ts';
import { RecordingHandler, textOf } from '../testing/recording-handler.ts';
import { waitUntil } from '../testing/wait-until.ts';
import { openKafkaEventLog } from './kafka-event-log.ts';
import type { KafkaSasl, KafkaSettings } from './kafka-settings.ts';

/** Who gets in is looked at, not how soon: a first connection with TLS takes a busy machine its time. */
const PUBLISH_LIMIT_MS = 30_000;
const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

describeWithLocalKafka('Kafka that is secured', (startBroker) => {
  let broker: SecuredBroker;

  beforeAll(async () => {
    broker = await startSecuredBroker(startBroker);
  });

  afterAll(() => broker?.close());

  function open(settings: Partial<KafkaSettings>): Promise<EventLog> {
    const { ca } = broker.files;
    return openKafkaEventLog(
      {
        brokers: [broker.saslAddress],
        ssl: { ca, cert: null, key: null },
        sasl: null,
        clientId: 'secured',
        ...settings,
      },
      silentLogger,
      { publishLimitMs: PUBLISH_LIMIT_MS },
    );
  }

  function login(mechanism: KafkaSasl['mechanism'], password = PASSWORD): KafkaSasl {
    return { mechanism, username: USER, password };
  }

  /** The text of the refusal; fails when it was none. */
  async function refusalOf(opening: Promise<EventLog>): Promise<string> {
    const error = await opening.then(
      (log) => log.close(),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(LogRefusedError);
    return error instanceof Error ? error.message : '';
  }

  /** Publishes, consumes, commits and follows. */
  async function expectToWork(log: EventLog): Promise<void> {
    const topic = uniqueName('topic');
    await log.ensureTopics([{ name: topic, partitions: 1, compacted: false }]);
    const handler = new RecordingHandler();
    const followed: (string | null)[] = [];
    const groupId = uniqueName('group');
    const consumer = await log.consume({ groupId, topics: [topic], handler });
    await log.follow({ topic, onMessage: (message) => followed.push(textOf(message)) });
    await log.publish(numbered(topic, 5));
    await waitUntil(() => handler.messages.length === 5 && followed.length === 5);
    expect(handler.values).toEqual(numbers(5));
    await consumer.commit([{ topic, partition: 0, offset: 5n }]);
    expect(await log.committed(groupId, topic)).toEqual([{ topic, partition: 0, offset: 5n }]);
  }

  describe.each(MECHANISMS)('%s over TLS', (mechanism) => {
    test('publishes, consumes and follows', async () => {
      const log = await open({ sasl: login(mechanism) });
      try {
        await expectToWork(log);
      } finally {
        await log.close();
      }
    });

    test('a wrong password is refused in a sentence that names the settings, not the password', async () => {
      const message = await refusalOf(open({ sasl: login(mechanism, 'a guess') }));
      expect(message).toMatch(
        /Kafka refuses access: .*authentication failed.*KAFKA_SASL_PASSWORD/i,
      );
      expect(message).not.toContain('a guess');
    });
  });

  test('a certificate of an unknown authority is refused, with the name of the setting', async () => {
    const strangers = `${broker.files.ca}.other`;
    await writeFile(strangers, (await createTestAuthority()).cert);
    for (const ssl of [true, { ca: strangers, cert: null, key: null }]) {
      const message = await refusalOf(open({ ssl, sasl: login('plain') }));
      expect(message).toMatch(/server's certificate is not accepted \([A-Z_]+\).*KAFKA_SSL_CA/);
    }
  });

  test('a certificate for another host is refused', async () => {
    const message = await refusalOf(open({ brokers: [broker.strangeAddress] }));
    expect(message).toMatch(/ERR_TLS_CERT_ALTNAME_INVALID.*KAFKA_BROKERS/);
  });

  test('a client certificate gets in', async () => {
    const log = await open({ brokers: [broker.mutualAddress], ssl: broker.files });
    try {
      await expectToWork(log);
    } finally {
      await log.close();
    }
  });

  test('a client certificate that is missing or a stranger’s is refused', async () => {
    const brokers = [broker.mutualAddress];
    const { ca, cert, key } = broker.files;
    const stranger = await (await createTestAuthority()).issue('hookpulse');
    await writeFile(`${cert}.other`, stranger.cert);
    await writeFile(`${key}.other`, stranger.key);
    for (const ssl of [
      { ca, cert: null, key: null },
      { ca, cert: `${cert}.other`, key: `${key}.other` },
    ]) {
      const message = await refusalOf(open({ brokers, ssl }));
      expect(message).toMatch(/client's certificate is not accepted.*KAFKA_SSL_CERT/);
    }
  });

  test('files that cannot be used are refused: missing ones, and a key of another certificate', async () => {
    const { ca, cert } = broker.files;
    const missing = { ca: '/nowhere/ca.pem', cert: null, key: null };
    expect(await refusalOf(open({ ssl: missing }))).toContain('/nowhere/ca.pem');
    const otherKey = `${cert}.key`;
    await writeFile(otherKey, (await broker.authority.issue('other')).key);
    expect(await refusalOf(open({ ssl: { ca, cert, key: otherKey } }))).toContain('mismatch');
  });

  test('SASL at a port that has none is refused', async () => {
    const settings = { brokers: [broker.mutualAddress], ssl: broker.files, sasl: login('plain') };
    expect(await refusalOf(open(settings))).toMatch(/ILLEGAL_SASL_STATE.*KAFKA_SASL_MECHANISM/);
  });

  test.each([
    ['SASL is needed', () => ({})],
    ['TLS is needed', () => ({ ssl: false })],
    ['there is no TLS', () => ({ brokers: [broker.plainAddress] })],
  ])(
    'a port that closes the connection because %s: the error names the settings',
    async (_why, settings) => {
      const opening = open(settings());
      await expect(opening).rejects.toThrow(LogUnavailableError);
      await expect(opening).rejects.toThrow(/KAFKA_SSL or KAFKA_SASL_MECHANISM/);
    },
  );

  test('a first address where nobody listens does not matter', async () => {
    const brokers = [`127.0.0.1:${await freePort()}`, broker.saslAddress];
    const log = await open({ brokers, sasl: login('scram-sha-512') });
    try {
      await expectToWork(log);
    } finally {
      await log.close();
    }
  });
});
