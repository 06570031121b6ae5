import { expect, test } from '@jest/globals';
import kafkajs, { type AuthenticationProviderArgs } from 'kafkajs';
import { saslMechanism } from './sasl-mechanism.ts';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Authenticates with a broker whose answer is this error. */
function authenticate(mechanism: (typeof MECHANISMS)[number], answer: Error): Promise<void> {
  const silent = () => undefined;
  const logger = { info: silent, error: silent, warn: silent, debug: silent };
  const args: AuthenticationProviderArgs = {
    host: 'kafka',
    port: 9092,
    logger: { ...logger, namespace: () => args.logger, setLogLevel: silent },
    saslAuthenticate: () => Promise.reject(answer),
  };
  return saslMechanism({ mechanism, username: 'user', password: 'pass' })
    .authenticationProvider(args)
    .authenticate();
}

test.each(MECHANISMS)('%s: what the broker refuses is refused', async (mechanism) => {
  const refusal = new kafkajs.KafkaJSProtocolError(
    Object.assign(new Error('wrong password'), { retriable: false }),
  );
  await expect(authenticate(mechanism, refusal)).rejects.toBeInstanceOf(
    kafkajs.KafkaJSSASLAuthenticationError,
  );
});

test.each(MECHANISMS)('%s: a connection that breaks meanwhile is no refusal', async (mechanism) => {
  const broken = new kafkajs.KafkaJSConnectionError('Connection error');
  await expect(authenticate(mechanism, broken)).rejects.toBe(broken);
});
