/** docker-compose.yml, held against the code: the five services, and what they take from `.env`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { VARIABLES, type VariableName } from '@hookpulse/service-kit/config/variables';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { describe, expect, test } from '@jest/globals';
import { type ComposeService, composeVariables, readComposeFile } from '../support/compose-file.ts';
import {
  composeService,
  environmentOf,
  jsonField,
  PORT_VARIABLES,
  REQUIRED,
  readText,
  SERVICES,
  type ServiceName,
} from './compose.ts';

/** What `--scale` multiplies. */
const SCALED: readonly ServiceName[] = ['aggregator', 'alerter', 'forwarder'];
/** Variables of the file alone, beside those of the configuration. */
const COMPOSE_VARIABLES = [
  'CLICKHOUSE_PASSWORD',
  'CLICKHOUSE_PORT',
  'CLICKHOUSE_USER',
  'KAFKA_PORT',
  'MAILPIT_PORT',
  'PUBLISH_ADDRESS',
];
/** Settings that the file decides itself, or that only engines outside of it need. */
const NOT_TAKEN: readonly VariableName[] = [
  'AGGREGATOR_PORT',
  'ALERTER_PORT',
  'CLICKHOUSE_CLUSTER',
  'CLICKHOUSE_SSL_CA',
  'CLICKHOUSE_URL',
  'DATA_DIR',
  'FORWARDER_PORT',
  'INGEST_URL',
  'HOST',
  'KAFKA_BROKERS',
  'KAFKA_SASL_MECHANISM',
  'KAFKA_SASL_PASSWORD',
  'KAFKA_SASL_USERNAME',
  'KAFKA_SSL',
  'KAFKA_SSL_CA',
  'KAFKA_SSL_CERT',
  'KAFKA_SSL_KEY',
];

describe('what .env has to hold', () => {
  test.each(Object.keys(REQUIRED))('%s is demanded', (name) => {
    expect(() => readComposeFile({ ...REQUIRED, [name]: '' })).toThrow(name);
  });

  test('no other variable is taken than those of the configuration and those named at the top', () => {
    const ofConfiguration = Object.keys(VARIABLES).filter(
      (name) => !NOT_TAKEN.some((one) => one === name),
    );
    expect([...composeVariables()].toSorted()).toEqual(
      [...ofConfiguration, ...COMPOSE_VARIABLES].toSorted(),
    );
    const header = readText('docker-compose.yml').split('\nx-logging')[0];
    for (const name of COMPOSE_VARIABLES) expect(header).toContain(name);
  });
});

describe.each(SERVICES)('%s', (name) => {
  const one = composeService(name);
  const variable = PORT_VARIABLES[name];
  const port = VARIABLES[variable].fallback;

  test('is run by the image’s entry point, on the Node of the package `node`', () => {
    expect(one.command).toEqual([name]);
    const version = jsonField('package.json', 'dependencies', 'node');
    expect(one.build?.args).toEqual({ NODE_IMAGE: `node:${version}-bookworm-slim` });
    expect(one.image).toBe(`hookpulse:${jsonField('package.json', 'version')}`);
  });

  test('has an environment of known variables, which its configuration accepts', () => {
    const environment = environmentOf(one);
    for (const variableName of Object.keys(environment)) {
      expect(Object.keys(VARIABLES)).toContain(variableName);
    }
    const needs = readText(`services/${name}/src/main.ts`).match(/needs: \[(.*)\]/)?.[1] ?? '';
    const needsStore = needs.includes("'store'");
    expect('CLICKHOUSE_URL' in environment).toBe(needsStore);
    expect(Object.keys(one.depends_on ?? {}).includes('clickhouse')).toBe(needsStore);
    const required: VariableName[] = needsStore
      ? ['KAFKA_BROKERS', 'CLICKHOUSE_URL']
      : ['KAFKA_BROKERS'];
    const config = readConfig(environment, required);
    expect(config.http.host).toBe('0.0.0.0');
    expect(config.tokens.admin).toBe(REQUIRED.ADMIN_TOKEN);
    expect(config.mail.smtpUrl).toBe('smtp://mailpit:1025');
    expect(config.values[variable]).toBe(port);
  });

  test('takes what .env sets', () => {
    const given = { WEBHOOK_PROCESSING_TIMEOUT: '7', SMTP_URL: 'smtps://mail:465' };
    const config = readConfig(environmentOf(composeService(name, given)));
    expect(config.events.processingTimeoutMs).toBe(7_000);
    expect(config.mail.smtpUrl).toBe('smtps://mail:465');
  });

  test('has as much time to stop as it takes, and is started again', () => {
    expect(Number.parseInt(one.stop_grace_period ?? '', 10)).toBeGreaterThan(10);
    expect(one.restart).toBe('unless-stopped');
  });

  test('may write nothing and has no rights', () => {
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.volumes).toBeUndefined();
  });

  test('is found healthy when readyz says so, and at no other time', async () => {
    expect(await runHealthcheck(one, port, 'ready')).toBe(0);
    expect(await runHealthcheck(one, port, 'not ready')).toBe(1);
    expect(await runHealthcheck(one, port, 'nobody listens')).toBe(1);
  });

  if (SCALED.includes(name)) {
    test('can be started several times: nothing of it is there only once', () => {
      expect(one.ports).toBeUndefined();
      expect(one.container_name).toBeUndefined();
    });
  } else {
    test('is published on this machine alone, at its own port unless .env says otherwise', () => {
      expect(one.ports).toEqual([`127.0.0.1:${port}:${port}`]);
      const elsewhere = composeService(name, { [variable]: '9', PUBLISH_ADDRESS: '0.0.0.0' });
      expect(elsewhere.ports).toEqual([`0.0.0.0:9:${port}`]);
    });
  }
});

/** Runs the check, with a server of this test in the place of the service's. @returns exit code */
async function runHealthcheck(
  { healthcheck }: ComposeService,
  port: number,
  state: 'ready' | 'not ready' | 'nobody listens',
): Promise<number | null> {
  const [how, node, ...args] = healthcheck.test;
  expect([how, node]).toEqual(['CMD', 'node']);
  const script = args.at(-1) ?? '';
  expect(script).toContain(`http://127.0.0.1:${port}/`);
  const app = createHttpApp({
    logger: silentLogger,
    metrics: createServiceMetrics('test'),
    readinessChecks: [
      {
        name: 'log',
        async check() {
          if (state === 'not ready') throw new Error('away');
        },
      },
    ],
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  try {
    if (state === 'nobody listens') await app.close();
    const here = script.replace(`http://127.0.0.1:${port}`, url);
    const check = spawn(process.execPath, [...args.slice(0, -1), here], { stdio: 'ignore' });
    await once(check, 'exit');
    return check.exitCode;
  } finally {
    await app.close();
  }
}
