import { expect, test } from '@jest/globals';
import { unknownVariables } from './unknown-variables.ts';

test.each([
  ['WEBHOOK_ALERT_ENABLED', 'WEBHOOK_ALERTS_ENABLED'],
  ['WEBHOOK_RETENTION_DAYS', 'WEBHOOK_EVENT_RETENTION_DAYS'],
  ['KAFKA_BROKER', 'KAFKA_BROKERS'],
  ['kafka_brokers', 'KAFKA_BROKERS'],
  ['KAFKA_SASL_USER', 'KAFKA_SASL_USERNAME'],
  ['CLICKHOUSE_URI', 'CLICKHOUSE_URL'],
  ['SMTP_HOST', 'SMTP_URL'],
])('%s is told of with %s', (name, nearest) => {
  expect(unknownVariables({ [name]: 'pass-word' })).toEqual([
    `Unknown variable "${name}". Did you mean "${nearest}"?`,
  ]);
});

test('nothing is said of what is known, of others, and of what Kubernetes sets', () => {
  const quiet = {
    SMTP_URL: '',
    PATH: '/bin',
    KAFKA_SERVICE_HOST: '10.0.0.1',
    KAFKA_SERVICE_PORT_CLIENT: '9092',
    KAFKA_PORT: 'tcp://10.0.0.1:9092',
    KAFKA_PORT_9092_TCP_ADDR: '10.0.0.1',
  };
  expect(unknownVariables(quiet)).toEqual([]);
});
