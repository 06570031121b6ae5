/**
 * When Kafka answers and refuses us: told by classes and codes of errors, never by their text. In
 * doubt an error is an outage, because after an outage everything goes on by itself.
 */
import kafkajs from 'kafkajs';
import { certificateProblem } from '../../runtime/certificate-errors.ts';

/** Kafka's names of errors about rights and about how to authenticate. */
const REFUSING_TYPES: ReadonlySet<string> = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
  'UNSUPPORTED_SASL_MECHANISM',
  'ILLEGAL_SASL_STATE',
]);

/** What is wrong, completing "Kafka refuses us: …", with the settings to look at; null: no refusal. */
export function refusalOf(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const reason = reasonOf(cause);
    if (reason !== null) return reason;
  }
  return null;
}

function reasonOf(error: Error): string | null {
  if (error instanceof kafkajs.KafkaJSSASLAuthenticationError) {
    return `${error.message}; look at KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`;
  }
  if ('type' in error && typeof error.type === 'string' && REFUSING_TYPES.has(error.type)) {
    return `${error.type}; look at KAFKA_SASL_USERNAME and at what Kafka allows this user`;
  }
  const certificate = certificateProblem(error);
  if (certificate !== null) {
    return `its certificate is not accepted (${certificate}); look at KAFKA_SSL_CA and at the host names in KAFKA_BROKERS`;
  }
  return null;
}
