/** Rules between variables: each may be fine alone, and wrong together. */
import { readReceiver } from '@hookpulse/common/alerts/receiver';
import { isLoopbackHost } from './address-formats.ts';
import type { Values, VariableName } from './variables.ts';

/** One sentence for each rule that is broken, starting with the variable to change. */
export function checkValues(values: Values): string[] {
  return [
    ...kafkaProblems(values),
    ...kafkaTlsProblems(values),
    ...workerProblems(values),
    ...clickHouseProblems(values),
    ...retentionProblems(values),
    ...tokenProblems(values),
    ...secretsProblems(values),
    ...receiverProblems(values),
  ];
}

/** One sentence for each variable that has to be set for this process and is not. */
export function checkRequired(values: Values, required: readonly VariableName[]): string[] {
  return required
    .filter((name) => values[name] === null)
    .map(
      (name) =>
        `${name} must be set: a service that runs alone needs the shared engines (npm start runs everything on embedded ones)`,
    );
}

function kafkaProblems(values: Values): string[] {
  const problems: string[] = [];
  const { KAFKA_SASL_MECHANISM: mechanism } = values;
  const credentials = {
    KAFKA_SASL_USERNAME: values.KAFKA_SASL_USERNAME,
    KAFKA_SASL_PASSWORD: values.KAFKA_SASL_PASSWORD,
  };
  for (const [name, value] of Object.entries(credentials)) {
    if (mechanism !== null && value === null) {
      problems.push(`${name} must be set when KAFKA_SASL_MECHANISM is`);
    }
    if (mechanism === null && value !== null) {
      problems.push(`KAFKA_SASL_MECHANISM must be set when ${name} is`);
    }
  }
  // Without brokers the embedded log would be used in silence, while someone means a real Kafka.
  if (values.KAFKA_BROKERS === null && (mechanism !== null || values.KAFKA_SSL)) {
    problems.push('KAFKA_BROKERS must be set when KAFKA_SASL_MECHANISM or KAFKA_SSL is');
  }
  return problems;
}

function kafkaTlsProblems(values: Values): string[] {
  const { KAFKA_SSL_CA, KAFKA_SSL_CERT, KAFKA_SSL_KEY } = values;
  const isAnySet = [KAFKA_SSL_CA, KAFKA_SSL_CERT, KAFKA_SSL_KEY].some((file) => file !== null);
  const problems: string[] = [];
  if (isAnySet && !values.KAFKA_SSL) {
    problems.push(
      'KAFKA_SSL must be true when KAFKA_SSL_CA, KAFKA_SSL_CERT or KAFKA_SSL_KEY is set',
    );
  }
  if (KAFKA_SSL_CERT !== null && KAFKA_SSL_KEY === null) {
    problems.push('KAFKA_SSL_KEY must be set when KAFKA_SSL_CERT is');
  }
  if (KAFKA_SSL_CERT === null && KAFKA_SSL_KEY !== null) {
    problems.push('KAFKA_SSL_CERT must be set when KAFKA_SSL_KEY is');
  }
  return problems;
}

function workerProblems({ INGEST_WORKERS: workers, KAFKA_BROKERS: brokers }: Values): string[] {
  if (brokers !== null || workers === 'auto' || workers === 1) return [];
  return [
    'INGEST_WORKERS must be 1 (or auto) without KAFKA_BROKERS: one process alone writes the embedded log',
  ];
}

function clickHouseProblems(values: Values): string[] {
  const { CLICKHOUSE_URL: url, CLICKHOUSE_CLUSTER: cluster, CLICKHOUSE_SSL_CA: ca } = values;
  const problems: string[] = [];
  // Without a server the embedded engine would be used in silence, while someone means a cluster.
  if (cluster !== null && url === null) {
    problems.push('CLICKHOUSE_URL must be set when CLICKHOUSE_CLUSTER is');
  }
  if (ca !== null && URL.parse(url ?? '')?.protocol !== 'https:') {
    problems.push('CLICKHOUSE_URL must be an https URL when CLICKHOUSE_SSL_CA is set');
  }
  return problems;
}

/** Hours whose raw events are kept are counted anew when somebody asks for it: they would come back. */
function retentionProblems(values: Values): string[] {
  const { WEBHOOK_EVENT_RETENTION_DAYS: events, WEBHOOK_METRICS_RETENTION_DAYS: metrics } = values;
  if (metrics === null || metrics >= events) return [];
  return [
    `WEBHOOK_METRICS_RETENTION_DAYS must be at least WEBHOOK_EVENT_RETENTION_DAYS (${events})`,
  ];
}

/** 16 characters of hexadecimal are 64 bits: years of guessing, at any rate that we answer. */
const MIN_TOKEN_LENGTH = 16;

function tokenProblems(values: Values): string[] {
  const { ADMIN_TOKEN: admin, READ_TOKEN: read, HOST: host } = values;
  if (admin === null && read === null && !isLoopbackHost(host)) {
    return [
      `ADMIN_TOKEN (or READ_TOKEN) must be set to listen beyond this machine (HOST is ${JSON.stringify(host)}); with neither, HOST must be a loopback address such as 127.0.0.1`,
    ];
  }
  const short = Object.entries({ ADMIN_TOKEN: admin, READ_TOKEN: read }).filter(
    ([, token]) => token !== null && token.length < MIN_TOKEN_LENGTH,
  );
  if (short.length > 0 && !isLoopbackHost(host)) {
    return short.map(
      ([name]) =>
        `${name} must have at least ${MIN_TOKEN_LENGTH} characters to listen beyond this machine (HOST is ${JSON.stringify(host)}); create one with openssl rand -hex 32`,
    );
  }
  if (admin !== null && admin === read) {
    return ['READ_TOKEN must differ from ADMIN_TOKEN: otherwise every reader could write'];
  }
  return [];
}

function secretsProblems({ SECRETS_KEY: key, SECRETS_KEY_PREVIOUS: previous }: Values): string[] {
  if (previous === null || key !== previous) return [];
  return ['SECRETS_KEY_PREVIOUS must differ from SECRETS_KEY: it is the key before'];
}

function receiverProblems({ ADMIN_EMAIL, ALERT_WEBHOOK_SECRET }: Values): string[] {
  const isUnsigned = ADMIN_EMAIL.some((text) => {
    const result = readReceiver(text);
    return result.isOk && result.receiver.kind === 'webhook' && result.receiver.secret === null;
  });
  if (!isUnsigned || ALERT_WEBHOOK_SECRET !== null) return [];
  return [
    'ALERT_WEBHOOK_SECRET must be set when ADMIN_EMAIL holds an https URL without #whsec_<secret>: webhooks are signed',
  ];
}
