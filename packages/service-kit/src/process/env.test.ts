import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConfigError } from '../config/config-error.ts';
import { configSummary, environmentWithFile, readConfig } from './env.ts';

/** The problems that reading this environment meets, by the variable they start with. */
function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('an empty environment', () => {
  test('gives the defaults of the contract', () => {
    const config = readConfig({});
    const dataDir = resolve('./data');
    expect(config).toMatchObject({
      dataDir,
      log: { kafka: null, dataDir, retentionDays: 7, clientId: 'hookpulse' },
      clickhouse: { url: null, dataDir, caFile: null, cluster: null },
      http: {
        host: '127.0.0.1',
        ports: { ingest: 8080, queryApi: 8081, aggregator: 8082, alerter: 8083, forwarder: 8084 },
        trustProxy: false,
        corsOrigins: [],
        rateLimits: { perAddress: 6_000, perToken: 12_000 },
      },
      tokens: { admin: null, read: null },
      health: { errorRateThreshold: 0.1 },
      events: { retentionDays: 7, metricsRetentionDays: null, processingTimeoutMs: 30_000 },
      alerts: {
        enabled: true,
        defaults: {
          windowMs: 900_000,
          errorRateThreshold: 0.1,
          minEvents: 10,
          signatureFailureThreshold: 5,
          repeatAfterMinutes: 30,
          noTrafficRepeatAfterMinutes: 60,
          noTrafficAfterSeconds: null,
          slowProcessingLimitMs: null,
        },
        heartbeatUrl: null,
      },
      mail: {
        smtpUrl: null,
        outboxDir: join(dataDir, 'outbox'),
        from: 'hookpulse@localhost',
        to: [],
      },
      metrics: { byBot: false, botLimit: 500 },
      logLevel: 'info',
      telemetry: { traces: null, sentry: null },
    });
  });

  test('is the same as one of empty and blank variables', () => {
    const blank = { KAFKA_BROKERS: '', INGEST_PORT: '  ', ADMIN_TOKEN: '', TRUST_PROXY: '' };
    expect(readConfig(blank)).toEqual(readConfig({}));
  });
});

test('reads every variable', () => {
  const config = readConfig({
    WEBHOOK_ERROR_RATE_THRESHOLD: '0.25',
    ADMIN_EMAIL: 'a@example.com, Ops <ops@example.com>',
    DEFAULT_FROM_EMAIL: 'Hookpulse <hp@example.com>',
    WEBHOOK_ALERTS_ENABLED: 'False',
    WEBHOOK_EVENT_RETENTION_DAYS: '30',
    WEBHOOK_METRICS_RETENTION_DAYS: '365',
    WEBHOOK_PROCESSING_TIMEOUT: '2.5',
    WEBHOOK_ALERT_WINDOW_SECONDS: '60',
    WEBHOOK_ALERT_MIN_EVENTS: '0',
    WEBHOOK_SIGNATURE_FAILURE_THRESHOLD: '3',
    WEBHOOK_ALERT_REPEAT_MINUTES: '5',
    WEBHOOK_NO_TRAFFIC_REPEAT_MINUTES: '120',
    WEBHOOK_NO_TRAFFIC_SECONDS: '1800',
    WEBHOOK_SLOW_PROCESSING_LIMIT_MS: '2000',
    ALERTER_HEARTBEAT_URL: 'https://hc.example.com/ping/1',
    PUBLIC_URL: 'https://hookpulse.example.com',
    SMTP_URL: 'smtp://user:pass@mail.example.com:587',
    KAFKA_BROKERS: 'kafka-1:9092, [::1]:9093,10.0.0.1:9094',
    KAFKA_SSL: '1',
    KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
    KAFKA_SASL_USERNAME: 'hookpulse',
    KAFKA_SASL_PASSWORD: 'p w',
    CLICKHOUSE_URL: 'https://user:pass@ch.example.com:8443/hookpulse',
    DATA_DIR: '/var/lib/hookpulse',
    HOST: '0.0.0.0',
    INGEST_PORT: '0',
    INGEST_WORKERS: '4',
    QUERY_API_PORT: '9001',
    AGGREGATOR_PORT: '9002',
    ALERTER_PORT: '65535',
    ADMIN_TOKEN: 'the-admin-token-of-it',
    READ_TOKEN: 'the-read-token-of-it',
    TRUST_PROXY: '10.0.0.0/8, ::1',
    CORS_ORIGINS: 'https://grafana.example.com/, http://localhost:3000',
    RATE_LIMIT_PER_ADDRESS: '100',
    RATE_LIMIT_PER_TOKEN: '0',
    LOG_LEVEL: 'WARN',
    SENTRY_DSN: 'https://key@sentry.example.com/1',
    SENTRY_ENVIRONMENT: 'production',
    SENTRY_BOT_ERRORS: 'true',
    SENTRY_BOT_ERRORS_SAMPLE_RATE: '0.5',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=se%20cret, x=y',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production',
    METRICS_BY_BOT: 'true',
    METRICS_BOT_LIMIT: '50',
  });
  expect(config).toMatchObject({
    dataDir: '/var/lib/hookpulse',
    log: {
      kafka: {
        brokers: ['kafka-1:9092', '[::1]:9093', '10.0.0.1:9094'],
        ssl: true,
        sasl: { mechanism: 'scram-sha-512', username: 'hookpulse', password: 'p w' },
      },
      retentionDays: 30,
    },
    clickhouse: { url: 'https://user:pass@ch.example.com:8443/hookpulse' },
    http: {
      host: '0.0.0.0',
      ports: { ingest: 0, queryApi: 9001, aggregator: 9002, alerter: 65_535, forwarder: 8084 },
      ingestWorkers: 4,
      trustProxy: ['10.0.0.0/8', '::1'],
      corsOrigins: ['https://grafana.example.com', 'http://localhost:3000'],
      rateLimits: { perAddress: 100, perToken: 0 },
    },
    tokens: { admin: 'the-admin-token-of-it', read: 'the-read-token-of-it', openTo: null },
    events: { retentionDays: 30, metricsRetentionDays: 365, processingTimeoutMs: 2_500 },
    alerts: {
      enabled: false,
      defaults: {
        windowMs: 60_000,
        errorRateThreshold: 0.25,
        minEvents: 0,
        signatureFailureThreshold: 3,
        repeatAfterMinutes: 5,
        noTrafficRepeatAfterMinutes: 120,
        noTrafficAfterSeconds: 1_800,
        slowProcessingLimitMs: 2_000,
      },
      heartbeatUrl: 'https://hc.example.com/ping/1',
    },
    mail: {
      smtpUrl: 'smtp://user:pass@mail.example.com:587',
      outboxDir: '/var/lib/hookpulse/outbox',
      from: 'Hookpulse <hp@example.com>',
      to: ['a@example.com', 'Ops <ops@example.com>'],
      publicUrl: 'https://hookpulse.example.com',
    },
    logLevel: 'warn',
    metrics: { byBot: true, botLimit: 50 },
    telemetry: {
      sentry: {
        dsn: 'https://key@sentry.example.com/1',
        environment: 'production',
        botErrors: true,
        botErrorSampleRate: 0.5,
        secrets: expect.arrayContaining(['the-admin-token-of-it', 'p w', 'pass', 'se cret']),
      },
      traces: {
        endpoint: 'http://collector:4318',
        headers: { 'api-key': 'se cret', x: 'y' },
        sampler: 'parentbased_traceidratio',
        samplerArg: 0.25,
        resourceAttributes: { 'deployment.environment.name': 'production' },
      },
    },
  });
});

test.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['false', false],
  ['False', false],
  ['0', false],
])('takes %s as a boolean', (text, value) => {
  expect(readConfig({ WEBHOOK_ALERTS_ENABLED: text }).alerts.enabled).toBe(value);
});

test.each([
  ['true', true],
  ['False', false],
  ['0', false],
  ['1', 1],
  ['2', 2],
  ['10.0.0.0/8,::1', ['10.0.0.0/8', '::1']],
])('takes TRUST_PROXY=%s', (text, value) => {
  expect(readConfig({ TRUST_PROXY: text }).http.trustProxy).toEqual(value);
});

describe('bad variables', () => {
  test.each([
    ['WEBHOOK_ERROR_RATE_THRESHOLD', '10%'],
    ['WEBHOOK_ERROR_RATE_THRESHOLD', '1.1'],
    ['WEBHOOK_ERROR_RATE_THRESHOLD', '-0.1'],
    ['WEBHOOK_ERROR_RATE_THRESHOLD', 'NaN'],
    ['ADMIN_EMAIL', 'nobody'],
    ['ADMIN_EMAIL', 'a@example.com, b'],
    ['ADMIN_EMAIL', ','],
    ['DEFAULT_FROM_EMAIL', 'a@b.example\nBcc: c@d.example'],
    ['DEFAULT_FROM_EMAIL', 'Hookpulse'],
    ['WEBHOOK_ALERTS_ENABLED', 'yes'],
    ['WEBHOOK_EVENT_RETENTION_DAYS', '0'],
    ['WEBHOOK_EVENT_RETENTION_DAYS', '1.5'],
    ['WEBHOOK_METRICS_RETENTION_DAYS', '0'],
    ['WEBHOOK_METRICS_RETENTION_DAYS', '6'],
    ['WEBHOOK_PROCESSING_TIMEOUT', '0'],
    ['WEBHOOK_PROCESSING_TIMEOUT', '30s'],
    ['WEBHOOK_ALERT_WINDOW_SECONDS', '0x10'],
    ['WEBHOOK_ALERT_MIN_EVENTS', '-1'],
    ['WEBHOOK_SIGNATURE_FAILURE_THRESHOLD', '1e3'],
    ['SMTP_URL', 'mail.example.com'],
    ['SMTP_URL', 'http://mail.example.com'],
    ['KAFKA_BROKERS', 'kafka'],
    ['KAFKA_BROKERS', 'kafka:0'],
    ['KAFKA_BROKERS', 'kafka:9092,:9092'],
    ['KAFKA_BROKERS', 'http://kafka:9092'],
    ['KAFKA_BROKERS', '::1:9092'],
    ['CLICKHOUSE_URL', 'localhost:8123'],
    ['CLICKHOUSE_URL', 'clickhouse://localhost'],
    ['HOST', 'http://0.0.0.0'],
    ['HOST', '300.1.2.3'],
    ['INGEST_PORT', '65536'],
    ['QUERY_API_PORT', '-1'],
    ['AGGREGATOR_PORT', '80.5'],
    ['ALERTER_PORT', 'http'],
    ['ADMIN_TOKEN', 'two words'],
    ['READ_TOKEN', 'grün'],
    ['TRUST_PROXY', 'maybe'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://grafana.example.com/dashboards'],
    ['RATE_LIMIT_PER_ADDRESS', '-1'],
    ['RATE_LIMIT_PER_TOKEN', '1.5'],
    ['TRUST_PROXY', '10.0.0.0/33'],
    ['TRUST_PROXY', '-1'],
    ['TRUST_PROXY', '100'],
    ['LOG_LEVEL', 'loud'],
    ['SENTRY_DSN', 'key'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'name=%zz'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
    ['SENTRY_BOT_ERRORS_SAMPLE_RATE', '-1'],
    ['METRICS_BOT_LIMIT', '-1'],
  ])('%s=%s is named alone, with its allowed form', (name, text) => {
    const problems = problemsOf({ [name]: text });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} must be .+`));
  });

  test('are all named by one message, one line each', () => {
    const env = { INGEST_PORT: 'x', LOG_LEVEL: 'loud', KAFKA_SASL_MECHANISM: 'plain' };
    const problems = problemsOf(env);
    expect(problems).toEqual([
      'INGEST_PORT must be a port from 0 (any free one) to 65535, not "x"',
      'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
      'KAFKA_SASL_USERNAME must be set when KAFKA_SASL_MECHANISM is',
      'KAFKA_SASL_PASSWORD must be set when KAFKA_SASL_MECHANISM is',
      'KAFKA_BROKERS must be set when KAFKA_SASL_MECHANISM or KAFKA_SSL is',
    ]);
    expect(new ConfigError(problems).message.split('\n')).toHaveLength(1 + problems.length);
  });

  test.each([
    ['SMTP_URL', 'smtp://ops:Tr@vel/77#key@mail.example.com:587'],
    ['SMTP_URL', 'smtp://ops:4711#key@mail.example.com:587'],
    ['SMTP_URL', 'smtp://ops:p@ss@mail.example.com'],
    ['SMTP_URL', 'smtps://ops:1?2@mail.example.com'],
    ['SMTP_URL', 'smtp://ops:100%sure@mail.example.com'],
    ['CLICKHOUSE_URL', 'http://hp:Tr@vel/77#key@ch.example.com:8123/hookpulse'],
    ['CLICKHOUSE_URL', 'http://hp:Tr\\vel@ch.example.com:8123/hookpulse'],
    ['CLICKHOUSE_URL', 'http://hp:%FF@ch.example.com:8123/hookpulse'],
    ['TELEGRAM_API_URL', 'https://me:%FF@telegram.example.com'],
    ['ALERTER_HEARTBEAT_URL', 'https://me:77/key@hc.example.com/ping'],
    ['PUBLIC_URL', 'https://me:p/w@hookpulse.example.com'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://me:p#w@collector:4318'],
    ['CLICKHOUSE_URL', 'http:/hp:Tr@vel/77#key@ch.example.com:8123/hookpulse'],
    ['CLICKHOUSE_URL', 'http:hp:Tr@vel/77#key@ch.example.com:8123/hookpulse'],
  ])('of URLs whose password needs escaping say so: %s=%s', (name, text) => {
    const problems = problemsOf({ [name]: text });
    expect(problems).toEqual([
      expect.stringContaining(`${name} must have its user name and password`),
    ]);
    expect(problems.join()).not.toMatch(/Tr|vel|77|4711|sure|p@ss|mail/);
  });

  test.each(['http://ch:8123/a%zz', 'http://ch:8123/%FF'])(
    'of a database that needs escaping say so: %s',
    (CLICKHOUSE_URL) => {
      expect(problemsOf({ CLICKHOUSE_URL })).toEqual([
        'CLICKHOUSE_URL must have the name of its database escaped: %25 for %',
      ]);
    },
  );

  test('of URLs may be escaped', () => {
    const url = 'smtp://ops:Tr%40vel%2F77%23key%25@mail.example.com:587';
    const config = readConfig({ SMTP_URL: url });
    expect(config.mail.smtpUrl).toBe(url);
    expect(configSummary(config).SMTP_URL).toBe('smtp://ops:***@mail.example.com:587');
  });

  test.each([
    'https://ops:hunter2@host:1',
    'https://ops:a,hunter2@host:1',
    'sasl://ops:a hunter2@host:1',
    'sasl://ops:a\nhunter2@host:1',
  ])('that hold a URL by mistake do not tell its password: %j', (url) => {
    const problems = problemsOf({
      KAFKA_BROKERS: url,
      HOST: url,
      CORS_ORIGINS: url,
      INGEST_PORT: url,
    });
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toContain('hunter2');
  });

  test('that may hold a secret are named without their text', () => {
    const problems = problemsOf({
      SMTP_URL: 'mail.example.com?hunter2',
      CLICKHOUSE_URL: 'user:hunter2@host',
      ADMIN_TOKEN: 'hunter2 hunter2',
      SENTRY_DSN: 'hunter2',
    });
    expect(problems).toHaveLength(4);
    expect(problems.join('\n')).not.toContain('hunter2');
  });
});

describe('TLS files', () => {
  let folder: string;
  let pem: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookpulse-pem-'));
    pem = join(folder, 'ca.pem');
    writeFileSync(pem, '-----BEGIN CERTIFICATE-----\n');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const kafka = { KAFKA_BROKERS: 'kafka:9092' };
  const server = { CLICKHOUSE_URL: 'https://clickhouse:8443/hookpulse' };

  test('are taken as absolute paths, and have to be readable PEM files', () => {
    const ssl = { ...kafka, KAFKA_SSL: 'true', KAFKA_SSL_CA: relative('.', pem) };
    expect(readConfig(ssl).log.kafka?.ssl).toEqual({ ca: pem, cert: null, key: null });
    expect(readConfig({ ...ssl, KAFKA_SSL_CERT: pem, KAFKA_SSL_KEY: pem }).log.kafka?.ssl).toEqual({
      ca: pem,
      cert: pem,
      key: pem,
    });
    expect(readConfig({ ...server, CLICKHOUSE_SSL_CA: pem }).clickhouse.caFile).toBe(pem);
    writeFileSync(join(folder, 'text'), 'no PEM');
    for (const path of [join(folder, 'missing'), folder, join(folder, 'text')]) {
      expect(problemsOf({ ...ssl, KAFKA_SSL_CA: path })).toEqual([
        `KAFKA_SSL_CA must be the path of a PEM file that can be read, not ${JSON.stringify(path)}`,
      ]);
    }
  });

  test('without TLS are a mistake', () => {
    expect(problemsOf({ ...kafka, KAFKA_SSL_CA: pem })).toEqual([
      'KAFKA_SSL must be true when KAFKA_SSL_CA, KAFKA_SSL_CERT or KAFKA_SSL_KEY is set',
    ]);
    const http = { CLICKHOUSE_URL: 'http://clickhouse:8123/hookpulse' };
    for (const env of [http, {}]) {
      expect(problemsOf({ ...env, CLICKHOUSE_SSL_CA: pem })).toEqual([
        'CLICKHOUSE_URL must be an https URL when CLICKHOUSE_SSL_CA is set',
      ]);
    }
  });

  test('of a client are two: certificate and key', () => {
    const ssl = { ...kafka, KAFKA_SSL: 'true' };
    expect(problemsOf({ ...ssl, KAFKA_SSL_CERT: pem })).toEqual([
      'KAFKA_SSL_KEY must be set when KAFKA_SSL_CERT is',
    ]);
    expect(problemsOf({ ...ssl, KAFKA_SSL_KEY: pem })).toEqual([
      'KAFKA_SSL_CERT must be set when KAFKA_SSL_KEY is',
    ]);
  });
});

describe('a ClickHouse cluster', () => {
  test('is named, and needs a server', () => {
    const server = { CLICKHOUSE_URL: 'http://clickhouse:8123/hookpulse' };
    const cluster = readConfig({ ...server, CLICKHOUSE_CLUSTER: 'main-1' }).clickhouse.cluster;
    expect(cluster).toBe('main-1');
    expect(problemsOf({ CLICKHOUSE_CLUSTER: 'main-1' })).toEqual([
      'CLICKHOUSE_URL must be set when CLICKHOUSE_CLUSTER is',
    ]);
  });

  test('has a name that cannot end the quotes around it', () => {
    const server = { CLICKHOUSE_URL: 'http://clickhouse:8123/hookpulse' };
    expect(problemsOf({ ...server, CLICKHOUSE_CLUSTER: "main' (" })).toHaveLength(1);
  });
});

describe('workers of ingest', () => {
  const kafka = { KAFKA_BROKERS: 'kafka:9092' };

  test('are one, unless there are more on Kafka', () => {
    expect(readConfig({}).http.ingestWorkers).toBe(1);
    expect(readConfig({ ...kafka, INGEST_WORKERS: '3' }).http.ingestWorkers).toBe(3);
  });

  test('are as many as there are cores, or one on the embedded log, by auto', () => {
    const auto = { INGEST_WORKERS: 'Auto' };
    expect(readConfig(auto).http.ingestWorkers).toBe(1);
    const cores = Math.min(availableParallelism(), 64);
    expect(readConfig({ ...auto, ...kafka }).http.ingestWorkers).toBe(cores);
    expect(configSummary(readConfig(auto)).INGEST_WORKERS).toBe('auto');
  });

  test('cannot share the embedded log', () => {
    expect(problemsOf({ INGEST_WORKERS: '1' })).toEqual([]);
    expect(problemsOf({ INGEST_WORKERS: '2' })).toEqual([
      'INGEST_WORKERS must be 1 (or auto) without KAFKA_BROKERS: one process alone writes the embedded log',
    ]);
  });

  test.each(['0', '-1', '65', '1.5', 'all'])('are not %s', (text) => {
    expect(problemsOf({ ...kafka, INGEST_WORKERS: text })).toEqual([
      `INGEST_WORKERS must be auto, or a whole number from 1 to 64, not "${text}"`,
    ]);
  });
});

describe('variables that must fit each other', () => {
  const kafka = { KAFKA_BROKERS: 'kafka:9092' };

  test('a SASL mechanism needs user name and password, and they need a mechanism', () => {
    const mechanism = { ...kafka, KAFKA_SASL_MECHANISM: 'plain' };
    expect(problemsOf(mechanism)).toHaveLength(2);
    expect(problemsOf({ ...mechanism, KAFKA_SASL_USERNAME: 'u' })).toHaveLength(1);
    expect(problemsOf({ ...kafka, KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' })).toEqual([
      'KAFKA_SASL_MECHANISM must be set when KAFKA_SASL_USERNAME is',
      'KAFKA_SASL_MECHANISM must be set when KAFKA_SASL_PASSWORD is',
    ]);
  });

  test('Kafka security without brokers is a mistake, not the embedded log', () => {
    expect(problemsOf({ KAFKA_SSL: 'true' })).toEqual([
      'KAFKA_BROKERS must be set when KAFKA_SASL_MECHANISM or KAFKA_SSL is',
    ]);
  });

  test.each(['0.0.0.0', '::', '192.0.2.1', 'example.com'])(
    'listening on %s needs a token',
    (host) => {
      expect(problemsOf({ HOST: host })).toHaveLength(1);
      const [short, long] = ['fifteen-letters', 'sixteen--letters'];
      expect(problemsOf({ HOST: host, ADMIN_TOKEN: long })).toEqual([]);
      expect(problemsOf({ HOST: host, READ_TOKEN: long })).toEqual([]);
      expect(problemsOf({ HOST: host, ADMIN_TOKEN: short, READ_TOKEN: long })).toEqual([
        expect.stringMatching(/^ADMIN_TOKEN must have at least 16 characters/),
      ]);
      expect(problemsOf({ HOST: host, ADMIN_TOKEN: long, READ_TOKEN: short })).toEqual([
        expect.stringMatching(/^READ_TOKEN must have at least 16 characters/),
      ]);
    },
  );

  test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost', '::ffff:127.0.0.1'])(
    'listening on %s needs none',
    (host) => {
      expect(problemsOf({ HOST: host })).toEqual([]);
      expect(problemsOf({ HOST: host, ADMIN_TOKEN: 'short' })).toEqual([]);
    },
  );

  test.each([
    [{}, []],
    [{ PUBLIC_URL: 'https://Hookpulse.example.com/x' }, ['hookpulse.example.com']],
    [{ HOST: '::1', ADMIN_TOKEN: 'a' }, []],
    [{ TRUST_PROXY: '1', PUBLIC_URL: 'https://hookpulse.example.com' }, null],
    [{ HOST: '0.0.0.0', ADMIN_TOKEN: 'sixteen--letters' }, null],
  ])('with %j what is open is open to the names %j', (env, names) => {
    expect(readConfig(env).tokens.openTo).toEqual(names);
  });

  test('one token cannot be both', () => {
    expect(problemsOf({ ADMIN_TOKEN: 'same', READ_TOKEN: 'same' })).toHaveLength(1);
  });
});

test('the summary shows what is in force and no secret', () => {
  const summary = configSummary(
    readConfig({
      KAFKA_BROKERS: 'kafka:9092',
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'user',
      KAFKA_SASL_PASSWORD: 'hunter2',
      SMTP_URL: 'smtp://user:hunter2@mail.example.com:587/?auth=hunter2',
      CLICKHOUSE_URL: 'http://user:hunter2@ch:8123/db',
      SENTRY_DSN: 'https://hunter2@sentry.example.com/1',
      ALERTER_HEARTBEAT_URL: 'https://hc.example.com/ping/hunter2?hunter2#hunter2',
      ADMIN_TOKEN: 'hunter2',
      OTEL_EXPORTER_OTLP_HEADERS: 'key=hunter2',
    }),
  );
  expect(JSON.stringify(summary)).not.toContain('hunter2');
  expect(summary).toMatchObject({
    KAFKA_BROKERS: ['kafka:9092'],
    KAFKA_SASL_USERNAME: 'user',
    KAFKA_SASL_PASSWORD: '***',
    SMTP_URL: 'smtp://user:***@mail.example.com:587/?***',
    CLICKHOUSE_URL: 'http://user:***@ch:8123/db',
    SENTRY_DSN: 'https://***@sentry.example.com/***',
    ALERTER_HEARTBEAT_URL: 'https://hc.example.com/***?***#***',
    ADMIN_TOKEN: '***',
    READ_TOKEN: null,
    INGEST_PORT: 8080,
  });
});

describe('a path', () => {
  test('may begin in the home folder', () => {
    expect(readConfig({ DATA_DIR: '~/hp-data' }).dataDir).toBe(join(homedir(), 'hp-data'));
    expect(readConfig({ DATA_DIR: '~' }).dataDir).toBe(homedir());
    expect(readConfig({ DATA_DIR: './~x' }).dataDir).toBe(resolve('~x'));
    expect(problemsOf({ DATA_DIR: '~other/data' })).toEqual([
      expect.stringMatching(/^DATA_DIR must be the path of a folder; ~\/ is the home folder/),
    ]);
  });
});

describe('a .env file', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hookpulse-env-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('adds what is not really set', () => {
    const path = join(folder, '.env');
    writeFileSync(path, '# comment\nINGEST_PORT=9000\nHOST="::1"\nKAFKA_BROKERS=kafka:9092\n');
    const env = environmentWithFile({ INGEST_PORT: '9001', KAFKA_BROKERS: '' }, path);
    expect(readConfig(env)).toMatchObject({
      http: { host: '::1', ports: { ingest: 9001 } },
      log: { kafka: null },
    });
  });

  const LINES = ['# first', 'INGEST_PORT=9000', 'HOST="::1"', "DATA_DIR='a b'", 'READ_TOKEN='];
  const TEXT = LINES.join('\n');
  test.each([
    ['with a byte order mark', Buffer.from(`\uFEFFINGEST_PORT=9000\n${TEXT}`)],
    ['with CRLF', Buffer.from(LINES.join('\r\n'))],
    ['with CR alone', Buffer.from(LINES.join('\r'))],
    ['with both', Buffer.from(`\uFEFFINGEST_PORT=9000\r\n${LINES.join('\r\n')}\r\n`)],
  ])('is read %s', (_name, bytes) => {
    const path = join(folder, '.env');
    writeFileSync(path, bytes);
    expect(environmentWithFile({}, path)).toEqual({
      INGEST_PORT: '9000',
      HOST: '::1',
      DATA_DIR: 'a b',
      READ_TOKEN: '',
    });
  });

  test.each([
    ['UTF-16 LE', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16 LE without a mark', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 BE', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
    ['Latin 1', Buffer.from('ADMIN_EMAIL=jörg@example.com', 'latin1')],
  ])('in %s is refused', (_name, bytes) => {
    const path = join(folder, '.env');
    writeFileSync(path, bytes);
    expect(() => environmentWithFile({}, path)).toThrow(`${path} must be UTF-8 text`);
  });

  test.each([
    'SMTP_URL=smtp://ops:4711#key@mail.example.com:587',
    'export SMTP_URL = smtp://ops:4711#key@mail.example.com:587 # comment',
    'SMTP_URL=#4711',
    'INGEST_PORT=9000\nno variable\nSMTP_URL=4711#key\nHOST="#"',
  ])('whose # would cut a value is refused: %j', (text) => {
    const path = join(folder, '.env');
    writeFileSync(path, text);
    const problem = `SMTP_URL must be in quotes in ${path}: without them, # begins a comment`;
    expect(() => environmentWithFile({}, path)).toThrow(new ConfigError([problem]));
  });

  test('may have # in quotes, and comments', () => {
    const path = join(folder, '.env');
    const lines = [
      '#first#comment',
      '# READ_TOKEN=a#b',
      'A="a#b" # "c#d"',
      "B='a#b'#comment",
      'C=a # b#c',
      'D="a',
      '#b#c"',
      'E= # nothing',
      'F=a\t#b##',
    ];
    writeFileSync(path, lines.join('\n'));
    expect(environmentWithFile({}, path)).toEqual({
      A: 'a#b',
      B: 'a#b',
      C: 'a',
      D: 'a\n#b#c',
      E: '',
      F: 'a',
    });
  });

  test('is not needed', () => {
    expect(environmentWithFile({ A: 'b' }, join(folder, 'missing'))).toEqual({ A: 'b' });
  });

  test('that cannot be read is an error', () => {
    expect(() => environmentWithFile({}, folder)).toThrow(ConfigError);
  });
});
