/** From variables to the configuration: groups, resolves paths, and turns seconds into milliseconds. */
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { KafkaSettings } from '@hookpulse/event-log/kafka/kafka-event-log';
import { isLoopbackHost } from './address-formats.ts';
import type { Config, SentryConfig, TracesConfig } from './config.ts';
import { MAX_WORKERS } from './format.ts';
import { secretTexts } from './secret-texts.ts';
import type { Values } from './variables.ts';

const CLIENT_ID = 'hookpulse';
const MS_PER_SECOND = 1_000;

/** @param values - checked: no rule between variables is broken */
export function groupValues(values: Values): Config {
  const dataDir = resolve(values.DATA_DIR);
  const retentionDays = values.WEBHOOK_EVENT_RETENTION_DAYS;
  return {
    dataDir,
    log: { kafka: kafkaSettings(values), dataDir, retentionDays, clientId: CLIENT_ID },
    clickhouse: {
      url: values.CLICKHOUSE_URL,
      dataDir,
      caFile: values.CLICKHOUSE_SSL_CA,
      cluster: values.CLICKHOUSE_CLUSTER,
    },
    http: {
      host: values.HOST,
      ports: {
        ingest: values.INGEST_PORT,
        queryApi: values.QUERY_API_PORT,
        aggregator: values.AGGREGATOR_PORT,
        alerter: values.ALERTER_PORT,
        forwarder: values.FORWARDER_PORT,
      },
      ingestWorkers: ingestWorkers(values),
      trustProxy: values.TRUST_PROXY,
      corsOrigins: values.CORS_ORIGINS,
      rateLimits: {
        perAddress: values.RATE_LIMIT_PER_ADDRESS,
        perToken: values.RATE_LIMIT_PER_TOKEN,
      },
    },
    tokens: { admin: values.ADMIN_TOKEN, read: values.READ_TOKEN, openTo: openTo(values) },
    health: { errorRateThreshold: values.WEBHOOK_ERROR_RATE_THRESHOLD },
    events: {
      retentionDays,
      metricsRetentionDays: values.WEBHOOK_METRICS_RETENTION_DAYS,
      processingTimeoutMs: Math.round(values.WEBHOOK_PROCESSING_TIMEOUT * MS_PER_SECOND),
    },
    alerts: {
      enabled: values.WEBHOOK_ALERTS_ENABLED,
      defaults: {
        windowMs: values.WEBHOOK_ALERT_WINDOW_SECONDS * MS_PER_SECOND,
        errorRateThreshold: values.WEBHOOK_ERROR_RATE_THRESHOLD,
        minEvents: values.WEBHOOK_ALERT_MIN_EVENTS,
        signatureFailureThreshold: values.WEBHOOK_SIGNATURE_FAILURE_THRESHOLD,
        repeatAfterMinutes: values.WEBHOOK_ALERT_REPEAT_MINUTES,
        noTrafficRepeatAfterMinutes: values.WEBHOOK_NO_TRAFFIC_REPEAT_MINUTES,
        noTrafficAfterSeconds: values.WEBHOOK_NO_TRAFFIC_SECONDS,
        slowProcessingLimitMs: values.WEBHOOK_SLOW_PROCESSING_LIMIT_MS,
      },
      heartbeatUrl: values.ALERTER_HEARTBEAT_URL,
    },
    mail: {
      smtpUrl: values.SMTP_URL,
      outboxDir: resolve(dataDir, 'outbox'),
      from: values.DEFAULT_FROM_EMAIL,
      to: values.ADMIN_EMAIL,
      publicUrl: values.PUBLIC_URL,
    },
    channels: {
      allowedHosts: values.ALERT_ALLOWED_HOSTS,
      telegramApiUrl: values.TELEGRAM_API_URL,
      pagerDutyApiUrl: values.PAGERDUTY_API_URL,
      botToken: values.ALERT_BOT_TOKEN,
      webhookSecret: values.ALERT_WEBHOOK_SECRET,
    },
    secrets: { key: values.SECRETS_KEY, previousKey: values.SECRETS_KEY_PREVIOUS },
    forwarding: {
      allowedHosts: values.FORWARD_ALLOWED_HOSTS,
      telegramApiUrl: values.TELEGRAM_API_URL,
      ingestUrl: values.INGEST_URL,
    },
    metrics: { byBot: values.METRICS_BY_BOT, botLimit: values.METRICS_BOT_LIMIT },
    logLevel: values.LOG_LEVEL,
    telemetry: { traces: tracesConfig(values), sentry: sentryConfig(values) },
    values,
  };
}

/** Cores are those that this process may use: CPU sets and quotas of containers count. */
function ingestWorkers({ INGEST_WORKERS: workers, KAFKA_BROKERS: brokers }: Values): number {
  if (workers !== 'auto') return workers;
  return brokers === null ? 1 : Math.min(availableParallelism(), MAX_WORKERS);
}

function tracesConfig(values: Values): TracesConfig | null {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: sampler } = values;
  if (endpoint === null || sampler === 'always_off') return null;
  return {
    endpoint,
    headers: values.OTEL_EXPORTER_OTLP_HEADERS ?? {},
    sampler,
    samplerArg: values.OTEL_TRACES_SAMPLER_ARG,
    resourceAttributes: values.OTEL_RESOURCE_ATTRIBUTES ?? {},
  };
}

function sentryConfig(values: Values): SentryConfig | null {
  const { SENTRY_DSN: dsn } = values;
  if (dsn === null) return null;
  return {
    dsn,
    environment: values.SENTRY_ENVIRONMENT,
    botErrors: values.SENTRY_BOT_ERRORS,
    botErrorSampleRate: values.SENTRY_BOT_ERRORS_SAMPLE_RATE,
    publicUrl: values.PUBLIC_URL,
    secrets: secretTexts(values),
  };
}

function kafkaSettings(values: Values): KafkaSettings | null {
  const {
    KAFKA_BROKERS: brokers,
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: username,
    KAFKA_SASL_PASSWORD: password,
  } = values;
  if (brokers === null) return null;
  const hasSasl = mechanism !== null && username !== null && password !== null;
  return {
    brokers,
    ssl: tlsSettings(values),
    sasl: hasSasl ? { mechanism, username, password } : null,
  };
}

function tlsSettings(values: Values): KafkaSettings['ssl'] {
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = values;
  const hasFiles = ca !== null || cert !== null;
  return values.KAFKA_SSL && hasFiles ? { ca, cert, key } : values.KAFKA_SSL;
}

/**
 * On loopback only programs of this machine are meant, and no pages of foreign names that resolve to
 * it. Beyond it, and behind a proxy, what is open is meant for whoever reaches it.
 */
function openTo({ HOST, TRUST_PROXY, PUBLIC_URL }: Values): readonly string[] | null {
  if (!isLoopbackHost(HOST) || TRUST_PROXY !== false) return null;
  const name = URL.parse(PUBLIC_URL ?? '')?.hostname;
  return name === undefined ? [] : [name];
}
