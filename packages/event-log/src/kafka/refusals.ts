/**
 * When Kafka answers and refuses access: told by classes and codes of errors, never by their text.
 * In doubt an error is an outage, because after an outage everything goes on by itself.
 */

import { certificateProblem } from '@hookpulse/common/values/certificate-errors';
import { errorCode } from '@hookpulse/common/values/error-code';
import kafkajs from 'kafkajs';

const SASL_SETTINGS = 'KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD';
const TLS_SETTINGS: Readonly<Record<'server' | 'client', string>> = {
  server: 'KAFKA_SSL_CA and at the host names in KAFKA_BROKERS',
  client: 'KAFKA_SSL_CERT and KAFKA_SSL_KEY',
};

/**
 * What is wrong and which settings to look at, completing "Kafka refuses access: "; null: no
 * refusal.
 */
export function refusalOf(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const reason = reasonOf(cause);
    if (reason !== null) return reason;
  }
  return null;
}

/** Whether a connection was closed without a word, which wrong settings of TLS and SASL look like too. */
export function isClosedConnection(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'KafkaJSConnectionClosedError') return true;
    if (errorCode(cause) === 'ECONNRESET') return true;
  }
  return false;
}

function reasonOf(error: Error): string | null {
  if (error instanceof kafkajs.KafkaJSSASLAuthenticationError) {
    return `${error.message}; check ${SASL_SETTINGS}`;
  }
  const certificate = certificateProblem(error);
  if (certificate !== null) {
    const { whose, code } = certificate;
    return `the ${whose}'s certificate is not accepted (${code}); check ${TLS_SETTINGS[whose]}`;
  }
  return 'type' in error ? reasonOfType(error.type) : null;
}

/** @param type - Kafka's own name of an error */
function reasonOfType(type: unknown): string | null {
  switch (type) {
    case 'SASL_AUTHENTICATION_FAILED':
    case 'UNSUPPORTED_SASL_MECHANISM':
    case 'ILLEGAL_SASL_STATE':
      return `${type}; check ${SASL_SETTINGS}`;
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'GROUP_AUTHORIZATION_FAILED':
    case 'CLUSTER_AUTHORIZATION_FAILED':
      return `${type}; check the ACLs of this user`;
    default:
      return null;
  }
}
