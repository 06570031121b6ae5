import { expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import {
  LogRefusedError,
  LogUnavailableError,
  MessageTooLargeError,
  UnknownTopicError,
} from '../event-log.ts';
import { toLogError } from './kafka-errors.ts';

/** As kafkajs has it when it has tried several times. */
function protocolError(type: string): Error {
  const cause = Object.assign(new Error('said by a broker'), { type });
  return new Error('tried several times', { cause });
}

test.each([
  ['UNKNOWN_TOPIC_OR_PARTITION', UnknownTopicError],
  ['MESSAGE_TOO_LARGE', MessageTooLargeError],
  ['TOPIC_AUTHORIZATION_FAILED', LogRefusedError],
  ['GROUP_AUTHORIZATION_FAILED', LogRefusedError],
  ['CLUSTER_AUTHORIZATION_FAILED', LogRefusedError],
  ['SASL_AUTHENTICATION_FAILED', LogRefusedError],
  ['LEADER_NOT_AVAILABLE', LogUnavailableError],
  ['NOT_ENOUGH_REPLICAS', LogUnavailableError],
] as const)('%s', (type, expected) => {
  const error = toLogError(protocolError(type), 'publish');
  expect(error.constructor).toBe(expected);
  expect(error.message).toMatch(/^publish: /);
});

test('a connection that breaks is an outage, an expired certificate a refusal', () => {
  const broken = new kafkajs.KafkaJSConnectionError('Connection error', { code: 'ECONNREFUSED' });
  expect(toLogError(broken, 'ping').constructor).toBe(LogUnavailableError);
  const expired = new kafkajs.KafkaJSConnectionError('Connection error', {
    code: 'CERT_HAS_EXPIRED',
  });
  expect(toLogError(expired, 'ping').constructor).toBe(LogRefusedError);
});

test('who handles an outage handles a refusal', () => {
  expect(new LogRefusedError('wrong password')).toBeInstanceOf(LogUnavailableError);
});
