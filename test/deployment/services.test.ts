/** docker-compose.yml, held against the code: the five services, and what they take from `.env`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { VARIABLES, type VariableName } from '@hookpulse/service-kit/config/variables';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { describe, expect, test } from '@jest/globals';
import { composeVariables, readComposeFile } from '../support/compose-file.ts';
import {
  composeService,
  environmentOf,
  jsonField,
  PORT_VARIABLES,
  REQUIRED,
  ROOT,
  readText,
  SERVICES,
  type ServiceName,
} from './compose.ts';

/** What `--scale` multiplies. */
const SCALED: readonly ServiceName[] = ['aggregator', 'alerter', 'forwarder'];
/** Variables of the file alone, beside those of the configuration. */
const COMPOSE_VARIABLES = [
  'CLICKHOUSE_PASSWORD',
  'CLICKHOUSE_USER',
  'GRAFANA_PORT',
  'MAILPIT_PORT',
  'PROMETHEUS_PORT',
  'PUBLISH_ADDRESS',
];
/** Those of docker-compose.host.yml. */
const HOST_VARIABLES = ['CLICKHOUSE_PORT', 'KAFKA_PORT'];
/** Settings that the file decides itself, or that only engines outside of it need. */
const NOT_TAKEN: readonly VariableName[] = [
  'AGGREGATOR_PORT',
  'ALERTER_PORT',
  'CLICKHOUSE_CLUSTER',
  'CLICKHOUSE_SSL_CA',
  'CLICKHOUSE_URL',
  'DATA_DIR',
  'FORWARDER_PORT',
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
    const shown = readText('.env.example').matchAll(/^#?([A-Z_]+)=/gm);
    expect([...shown].map(([, name]) => name).toSorted()).toEqual(
      [...composeVariables(), ...HOST_VARIABLES].toSorted(),
    );
    const header = readText('docker-compose.yml').split('\nx-logging')[0];
    for (const name of COMPOSE_VARIABLES) expect(header).toContain(name);
  });
});

describe.each(SERVICES)('%s', (name) => {
  const one = composeService(name);
  const variable = PORT_VARIABLES[name];
  const port = VARIABLES[variable].fallback;

  test('is run by the image’s entry point', () => {
    expect(one.command).toEqual([name]);
    expect(one.build).toEqual({ context: '.', target: 'slim' });
    expect(one.image).toBe(`hookpulse-slim:${jsonField('package.json', 'version')}`);
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
    expect(one.security_opt).toEqual(['no-new-privileges:true']);
    expect(one.mem_limit).toBe('1g');
    expect(one.volumes).toBeUndefined();
  });

  test('is found healthy when readyz says so, and at no other time', async () => {
    expect(one.healthcheck).toBeUndefined();
    expect(await runHealthcheck(variable, 'ready')).toBe(0);
    expect(await runHealthcheck(variable, 'not ready')).toBe(1);
    expect(await runHealthcheck(variable, 'nobody listens')).toBe(1);
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

/** Runs the image's check, with a server of this test in the place of the service's. @returns exit code */
async function runHealthcheck(
  variable: string,
  state: 'ready' | 'not ready' | 'nobody listens',
): Promise<number | null> {
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
    // At ports where nothing listens, but for the one.
    const unused = Object.fromEntries(Object.values(PORT_VARIABLES).map((name) => [name, '1']));
    const env = { PATH: process.env.PATH, ...unused, [variable]: new URL(url).port };
    const check = spawn(join(ROOT, 'scripts/health-check.sh'), { stdio: 'ignore', env });
    await once(check, 'exit');
    return check.exitCode;
  } finally {
    await app.close();
  }
}
