/**
 * Every environment variable of Hookpulse (contract, section 2): its form, its default, what it
 * means, and what of it may be shown. Reading, messages, the summary and `doctor` follow this table.
 */
import { LOG_LEVELS } from '../process/create-logger.ts';
import {
  brokers,
  host,
  hostPatterns,
  mailAddress,
  origins,
  port,
  receivers,
  storeUrl,
  type TrustProxy,
  trustedProxies,
  urlOf,
} from './address-formats.ts';
import { folder, pemFile } from './file-formats.ts';
import {
  anyText,
  booleanText,
  clusterName,
  decimalNumber,
  type Format,
  keyValues,
  oneOf,
  secretsKey,
  tokenOfBot,
  tokenText,
  webhookSecret,
  wholeNumber,
  workerCount,
} from './format.ts';

/**
 * What a log line or `doctor` may show: all of it, a URL without password and query, of a URL only
 * where it leads (its path can be a secret, too), only that it is set, or of receivers their short names.
 */
export type Visibility = 'shown' | 'url' | 'origin' | 'secret' | 'receivers';

export interface Variable<T> {
  readonly format: Format<T>;
  /** In force when the variable is unset; null: nothing is. */
  readonly fallback: T;
  /** One line, for people. */
  readonly meaning: string;
  readonly visibility: Visibility;
}

/** A day; longer windows and time-outs would not be "live" any more, and are likely a wrong unit. */
const MAX_SECONDS = 86_400;
/** Ten years. */
const MAX_RETENTION_DAYS = 3_650;
/** A week. */
const MAX_REPEAT_MINUTES = 10_080;
const MAX_EVENT_COUNT = 1_000_000_000;
/** A dozen series for each: what one Prometheus still takes. */
const MAX_METRICS_BOTS = 100_000;
const dsnUrl = urlOf(['http', 'https'], 'https://key@sentry.example.com/1');
/** A key of letters and digits, and a project's number: what Sentry's client takes, and else ignores. */
const DSN = /^https?:\/\/\w+(?::\w+)?@[^/@]+\/(?:.*\/)?\d+\/?$/;
const sentryDsn: Format<string> = {
  ...dsnUrl,
  parse(text) {
    const url = dsnUrl.parse(text);
    return url !== undefined && DSN.test(url) ? url : undefined;
  },
};
const MAX_REQUESTS_PER_MINUTE = 1_000_000_000;

/** The standard ones of OpenTelemetry. */
const TRACES_SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const KAFKA_SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export const VARIABLES = {
  WEBHOOK_ERROR_RATE_THRESHOLD: shown(
    decimalNumber({ min: 0, max: 1 }),
    0.1,
    'error rate above which a bot is unhealthy and the error alert fires; degraded is above half of it',
  ),
  ADMIN_EMAIL: {
    ...shown<readonly string[]>(receivers, [], 'receivers of alerts: mail addresses and URLs'),
    visibility: 'receivers',
  },
  DEFAULT_FROM_EMAIL: shown(mailAddress, 'hookpulse@localhost', 'sender of alerts'),
  WEBHOOK_ALERTS_ENABLED: shown(
    booleanText,
    true,
    'false: alert rules are evaluated and shown, but nothing is sent',
  ),
  WEBHOOK_EVENT_RETENTION_DAYS: shown(
    wholeNumber({ min: 1, max: MAX_RETENTION_DAYS }, 'days'),
    7,
    'raw events older than this are deleted; hourly metrics stay',
  ),
  WEBHOOK_METRICS_RETENTION_DAYS: optional(
    wholeNumber({ min: 1, max: MAX_RETENTION_DAYS }, 'days'),
    'hourly metrics older than this are deleted; if unset, they are kept',
    'shown',
  ),
  WEBHOOK_PROCESSING_TIMEOUT: shown(
    decimalNumber({ min: 0.1, max: MAX_SECONDS }, 'seconds'),
    30,
    'seconds after which an update that was never processed counts as a Timeout error',
  ),
  WEBHOOK_ALERT_WINDOW_SECONDS: shown(
    wholeNumber({ min: 1, max: MAX_SECONDS }, 'seconds'),
    900,
    'sliding window of the alert rules, seconds',
  ),
  WEBHOOK_ALERT_MIN_EVENTS: shown(
    wholeNumber({ min: 0, max: MAX_EVENT_COUNT }, 'events'),
    10,
    'the error-rate rule needs more events than this in the window',
  ),
  WEBHOOK_SIGNATURE_FAILURE_THRESHOLD: shown(
    wholeNumber({ min: 0, max: MAX_EVENT_COUNT }, 'failures'),
    5,
    'the security rule fires above this many signature failures in the window',
  ),
  WEBHOOK_ALERT_REPEAT_MINUTES: shown(
    wholeNumber({ min: 1, max: MAX_REPEAT_MINUTES }, 'minutes'),
    30,
    'minutes after which a mail says that an alert is still firing',
  ),
  WEBHOOK_NO_TRAFFIC_REPEAT_MINUTES: shown(
    wholeNumber({ min: 1, max: MAX_REPEAT_MINUTES }, 'minutes'),
    60,
    'the same for alerts of no traffic',
  ),
  WEBHOOK_NO_TRAFFIC_SECONDS: optional(
    wholeNumber({ min: 1, max: MAX_SECONDS }, 'seconds'),
    'seconds without any event after which the alert fires; if unset, the sliding window',
    'shown',
  ),
  WEBHOOK_SLOW_PROCESSING_LIMIT_MS: optional(
    wholeNumber({ min: 1, max: MAX_SECONDS * 1_000 }, 'milliseconds'),
    'p95 of the processing time above which the alert fires; if unset, the rule is off',
    'shown',
  ),
  ALERTER_HEARTBEAT_URL: optional(
    urlOf(['http', 'https'], 'https://hc.example.com/ping/1234'),
    "URL that the alerter calls while it evaluates alerts, for a dead man's switch",
    'origin',
  ),
  PUBLIC_URL: optional(
    urlOf(['http', 'https'], 'https://hookpulse.example.com'),
    'public address of the query API and its dashboard; mails link to it',
    'url',
  ),
  SMTP_URL: optional(
    urlOf(['smtp', 'smtps'], 'smtp://user:password@host:587'),
    'mail server; without it mails are written to DATA_DIR/outbox',
    'origin',
  ),
  ALERT_BOT_TOKEN: optional(
    tokenOfBot,
    'bot that sends alerts to receivers like telegram://<chat_id>',
    'secret',
  ),
  ALERT_WEBHOOK_SECRET: optional(
    webhookSecret,
    'signs alerts to https receivers that have no secret of their own',
    'secret',
  ),
  ALERT_ALLOWED_HOSTS: shown<readonly string[]>(
    hostPatterns,
    [],
    'hosts in private networks that alerts may be sent to; public ones always may, mail servers and the Bot API, too',
  ),
  PAGERDUTY_API_URL: shownUrl(
    urlOf(['https', 'http'], 'https://events.eu.pagerduty.com'),
    'https://events.pagerduty.com',
    "PagerDuty's Events API; in its European region https://events.eu.pagerduty.com",
  ),
  KAFKA_BROKERS: optional(
    brokers,
    'Kafka brokers; without them the embedded log in DATA_DIR is used',
    'shown',
  ),
  KAFKA_SSL: shown(booleanText, false, 'use TLS with Kafka'),
  KAFKA_SSL_CA: optional(
    pemFile,
    'file with the certificate authorities to trust for Kafka, instead of those of Node.js',
    'shown',
  ),
  KAFKA_SSL_CERT: optional(pemFile, 'file with the client certificate for Kafka', 'shown'),
  KAFKA_SSL_KEY: optional(pemFile, 'file with the private key of KAFKA_SSL_CERT', 'shown'),
  KAFKA_SASL_MECHANISM: optional(
    oneOf(KAFKA_SASL_MECHANISMS),
    'how to authenticate with Kafka',
    'shown',
  ),
  KAFKA_SASL_USERNAME: optional(anyText, 'user name for Kafka', 'shown'),
  KAFKA_SASL_PASSWORD: optional(anyText, 'password for Kafka', 'secret'),
  CLICKHOUSE_URL: optional(
    storeUrl,
    'ClickHouse server; without it embedded chDB in DATA_DIR is used',
    'url',
  ),
  CLICKHOUSE_SSL_CA: optional(
    pemFile,
    'file with the certificate authorities to trust for ClickHouse, instead of those of Node.js',
    'shown',
  ),
  CLICKHOUSE_CLUSTER: optional(
    clusterName,
    'cluster of ClickHouse servers that replicate the tables; without it there is one server',
    'shown',
  ),
  DATA_DIR: shown(
    folder,
    './data',
    'folder of the embedded engines, the admin token and the outbox',
  ),
  HOST: shown(host, '127.0.0.1', 'address to listen on'),
  INGEST_PORT: shown(port, 8080, 'port of ingest'),
  INGEST_WORKERS: shown<number | 'auto'>(
    workerCount,
    1,
    'processes of ingest that share its port, on Kafka alone; auto: one for each core',
  ),
  QUERY_API_PORT: shown(port, 8081, 'port of the query API'),
  AGGREGATOR_PORT: shown(port, 8082, "port of the aggregator's probes and metrics"),
  ALERTER_PORT: shown(port, 8083, "port of the alerter's probes and metrics"),
  FORWARDER_PORT: shown(port, 8084, "port of the forwarder's probes and metrics"),
  INGEST_URL: optional(
    urlOf(['https', 'http'], 'https://hooks.example.com'),
    'where Telegram reaches ingest; adopting a bot points its webhook there',
    'url',
  ),
  TELEGRAM_API_URL: shownUrl(
    urlOf(['https', 'http'], 'https://api.telegram.org'),
    'https://api.telegram.org',
    'the Bot API, or a local Bot API server',
  ),
  SECRETS_KEY: optional(
    secretsKey,
    'key that encrypts bot tokens, forwarding secrets and receivers; npm start makes one in DATA_DIR',
    'secret',
  ),
  SECRETS_KEY_PREVIOUS: optional(
    secretsKey,
    'the key before, which opens what was encrypted with it',
    'secret',
  ),
  FORWARD_ALLOWED_HOSTS: shown<readonly string[]>(
    hostPatterns,
    [],
    'hosts that updates may be forwarded to; if unset, all but link-local and metadata addresses',
  ),
  ADMIN_TOKEN: optional(tokenText, 'bearer token that reads and writes', 'secret'),
  READ_TOKEN: optional(tokenText, 'bearer token that reads', 'secret'),
  TRUST_PROXY: shown<TrustProxy>(
    trustedProxies,
    false,
    'take the client address from X-Forwarded-For of these proxies, or of this number of proxies in a row',
  ),
  CORS_ORIGINS: shown<readonly string[]>(
    origins,
    [],
    'origins whose pages may call the query API with a token; if unset, only its own pages may',
  ),
  RATE_LIMIT_PER_ADDRESS: shown(
    wholeNumber({ min: 0, max: MAX_REQUESTS_PER_MINUTE }, 'requests a minute'),
    6_000,
    'requests per minute that the query API accepts from one address without a valid token; 0: no limit',
  ),
  RATE_LIMIT_PER_TOKEN: shown(
    wholeNumber({ min: 0, max: MAX_REQUESTS_PER_MINUTE }, 'requests a minute'),
    12_000,
    'requests per minute that the query API accepts with one token; 0: no limit',
  ),
  METRICS_BY_BOT: shown(
    booleanText,
    false,
    'count deliveries by bot in the metrics of ingest, as one series for each bot and outcome',
  ),
  METRICS_BOT_LIMIT: shown(
    wholeNumber({ min: 0, max: MAX_METRICS_BOTS }, 'bots'),
    500,
    'bots with series of their own in the metrics; all others are counted as "(other)"',
  ),
  LOG_LEVEL: shown(oneOf(LOG_LEVELS), 'info', 'least important level that is logged'),
  SENTRY_DSN: optional(sentryDsn, 'report errors to Sentry', 'origin'),
  SENTRY_ENVIRONMENT: optional(anyText, 'environment that reports to Sentry name', 'shown'),
  SENTRY_BOT_ERRORS: shown(
    booleanText,
    false,
    'report errors of bots to Sentry, too, as an issue for each bot and error type',
  ),
  SENTRY_BOT_ERRORS_SAMPLE_RATE: shown(
    decimalNumber({ min: 0, max: 1 }),
    1,
    'share of the errors of bots that is reported',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    urlOf(['http', 'https'], 'http://localhost:4318'),
    'send traces by OTLP over HTTP; /v1/traces is added',
    'origin',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: optional(
    keyValues,
    'headers for the OTLP endpoint, such as an API key',
    'secret',
  ),
  OTEL_TRACES_SAMPLER: shown(
    oneOf(TRACES_SAMPLERS),
    'parentbased_always_on',
    'which deliveries are traced',
  ),
  OTEL_TRACES_SAMPLER_ARG: shown(
    decimalNumber({ min: 0, max: 1 }),
    1,
    'share of deliveries that are traced, for the traceidratio samplers',
  ),
  OTEL_RESOURCE_ATTRIBUTES: optional(
    keyValues,
    'attributes of all traces, such as deployment.environment.name=production',
    'shown',
  ),
} as const;

export type VariableName = keyof typeof VARIABLES;

/** The values in force, by variable. */
export type Values = { readonly [N in VariableName]: ValueOf<(typeof VARIABLES)[N]> };
type ValueOf<V> = V extends Variable<infer T> ? T : never;

/** In the order of the table, which is the contract's. */
export const VARIABLE_NAMES = Object.keys(VARIABLES) as readonly VariableName[];

function shown<T>(format: Format<T>, fallback: NoInfer<T>, meaning: string): Variable<T> {
  return { format, fallback, meaning, visibility: 'shown' };
}

/** A URL that may hold a password. */
function shownUrl(format: Format<string>, fallback: string, meaning: string): Variable<string> {
  return { format, fallback, meaning, visibility: 'url' };
}

function optional<T>(
  format: Format<T>,
  meaning: string,
  visibility: Visibility,
): Variable<T | null> {
  return { format, fallback: null, meaning, visibility };
}
