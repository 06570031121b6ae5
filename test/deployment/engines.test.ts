/** docker-compose.yml: the engines, and how the services find them. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readComposeFile, readHostFile } from '../support/compose-file.ts';
import { composeService, environmentOf, REQUIRED, ROOT, readText, SERVICES } from './compose.ts';

/** By service that runs an image of others: the variables that the image knows. */
const ENGINE_VARIABLES: Readonly<Record<string, readonly string[]>> = {
  // CLUSTER_ID, and settings of `server.properties` in upper case (docker/README of Apache Kafka).
  kafka: [
    'CLUSTER_ID',
    'KAFKA_ADVERTISED_LISTENERS',
    'KAFKA_AUTO_CREATE_TOPICS_ENABLE',
    'KAFKA_CONTROLLER_LISTENER_NAMES',
    'KAFKA_CONTROLLER_QUORUM_VOTERS',
    'KAFKA_HEAP_OPTS',
    'KAFKA_INTER_BROKER_LISTENER_NAME',
    'KAFKA_LISTENERS',
    'KAFKA_LISTENER_SECURITY_PROTOCOL_MAP',
    'KAFKA_LOG_DIRS',
    'KAFKA_NODE_ID',
    'KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR',
    'KAFKA_PROCESS_ROLES',
    'KAFKA_TRANSACTION_STATE_LOG_MIN_ISR',
    'KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR',
  ],
  clickhouse: [
    ...['CLICKHOUSE_USER', 'CLICKHOUSE_PASSWORD', 'CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT'],
  ],
  mailpit: ['MP_MAX_MESSAGES'],
  prometheus: ['READ_TOKEN'],
  // Its own two, and those that its provisioning names.
  grafana: [
    'CLICKHOUSE_HOST',
    'CLICKHOUSE_PASSWORD',
    'CLICKHOUSE_USER',
    'GF_INSTALL_PLUGINS',
    'GF_SECURITY_ADMIN_PASSWORD',
    'HOOKPULSE_TOKEN',
    'PROMETHEUS_URL',
    'QUERY_API_URL',
  ],
};
const compose = readComposeFile(REQUIRED);

test('the services are those that there are, and their engines', () => {
  const ours = globSync('services/*/src/main.ts', { cwd: ROOT }).map((path) => path.split('/')[1]);
  expect(SERVICES.toSorted()).toEqual(ours.toSorted());
  expect(Object.keys(compose.services).toSorted()).toEqual(
    [...SERVICES, ...Object.keys(ENGINE_VARIABLES)].toSorted(),
  );
});

describe.each(Object.entries(ENGINE_VARIABLES))('%s', (name, known) => {
  const one = composeService(name);

  test('is an image of a fixed version', () => {
    expect(one.image).toMatch(/:v?\d+\.\d+/);
    expect(one.build).toBeUndefined();
  });

  test('has an environment that its image knows', () => {
    expect(Object.keys(environmentOf(one)).toSorted()).toEqual([...known].toSorted());
  });

  test('is bounded, and may get no rights', () => {
    expect(one.mem_limit).toMatch(/^\d+[mg]$/);
    expect(one.security_opt).toEqual(['no-new-privileges:true']);
  });
});

test('Kafka is the one that the tests start on the local Java', () => {
  const [, version] =
    /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([^<]+)</.exec(
      readText('test/kafka-broker/pom.xml'),
    ) ?? [];
  expect(composeService('kafka').image).toBe(`apache/kafka:${version}`);
});

test('only caught mails are published, on this machine alone', () => {
  expect(composeService('mailpit').ports).toEqual(['127.0.0.1:8025:8025']);
  expect(composeService('kafka').ports).toBeUndefined();
  expect(composeService('clickhouse').ports).toBeUndefined();
});

test('Kafka sends each client to where it can go', () => {
  const kafka = environmentOf(composeService('kafka'));
  const port = kafka.KAFKA_LISTENERS?.match(/INSIDE:\/\/:(\d+)/)?.[1];
  for (const name of SERVICES) {
    expect(environmentOf(composeService(name)).KAFKA_BROKERS).toBe(`kafka:${port}`);
  }
  expect(kafka.KAFKA_ADVERTISED_LISTENERS).toBe(`INSIDE://kafka:${port}`);
});

test('docker-compose.host.yml opens both engines to programs on this machine', () => {
  const { kafka, clickhouse } = readHostFile({ KAFKA_PORT: '9999' });
  expect(kafka?.ports).toEqual(['127.0.0.1:9999:9092']);
  expect(kafka?.environment?.KAFKA_ADVERTISED_LISTENERS).toBe(
    'INSIDE://kafka:19092,HOST://127.0.0.1:9999',
  );
  expect(clickhouse?.ports).toEqual(['127.0.0.1:8123:8123']);
});

test('services ask ClickHouse with the user and password that it has', () => {
  const given = { ...REQUIRED, CLICKHOUSE_USER: 'somebody', CLICKHOUSE_PASSWORD: 'else' };
  const { services } = readComposeFile(given);
  expect(services.clickhouse?.environment).toMatchObject({
    CLICKHOUSE_USER: 'somebody',
    CLICKHOUSE_PASSWORD: 'else',
  });
  expect(services.aggregator?.environment?.CLICKHOUSE_URL).toBe(
    'http://somebody:else@clickhouse:8123/hookpulse',
  );
});

test('what services wait for is there, and says when it is healthy', () => {
  for (const { depends_on: dependencies = {} } of Object.values(compose.services)) {
    for (const [name, { condition }] of Object.entries(dependencies)) {
      expect(composeService(name).healthcheck?.test[0]).toBe('CMD');
      expect(['service_healthy', 'service_started']).toContain(condition);
    }
  }
});

test('volumes are declared and used', () => {
  const used = Object.values(compose.services).flatMap(({ volumes = [] }) =>
    volumes.map((volume) => volume.split(':')[0] ?? ''),
  );
  const [folders, names] = [true, false].map((isFolder) =>
    used.filter((one) => one.startsWith('.') === isFolder),
  );
  for (const folder of folders ?? []) expect(existsSync(join(ROOT, folder))).toBe(true);
  expect(names?.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
});
