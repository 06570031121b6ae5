/**
 * How this project authenticates with Kafka: kafkajs's own mechanisms, mended in one point. kafkajs
 * turns every failure of the exchange into `KafkaJSSASLAuthenticationError`, also a connection that
 * broke in the middle of it, and an outage would pass for a wrong password.
 */
import kafkajs, {
  type AuthenticationProviderArgs,
  type Authenticator,
  type Mechanism,
} from 'kafkajs';
import plain from 'kafkajs/src/broker/saslAuthenticator/plain.js';
import scram256 from 'kafkajs/src/broker/saslAuthenticator/scram256.js';
import scram512 from 'kafkajs/src/broker/saslAuthenticator/scram512.js';
import type { KafkaSasl } from './kafka-settings.ts';

type Provider = (args: AuthenticationProviderArgs) => Authenticator;

export function saslMechanism(sasl: KafkaSasl): Mechanism {
  const provider = providerOf(sasl);
  return {
    mechanism: sasl.mechanism,
    authenticationProvider: (args) => ({ authenticate: () => authenticate(provider, args) }),
  };
}

function providerOf({ mechanism, username, password }: KafkaSasl): Provider {
  switch (mechanism) {
    case 'plain':
      return plain({ username, password });
    case 'scram-sha-256':
      return scram256({ username, password });
    case 'scram-sha-512':
      return scram512({ username, password });
    default:
      return mechanism satisfies never;
  }
}

/** @throws KafkaJSSASLAuthenticationError when the broker refuses, else what broke the exchange off. */
async function authenticate(provider: Provider, args: AuthenticationProviderArgs): Promise<void> {
  let interruption: unknown;
  const saslAuthenticate: AuthenticationProviderArgs['saslAuthenticate'] = async (exchange) => {
    try {
      return await args.saslAuthenticate(exchange);
    } catch (error) {
      if (!isAnswer(error)) interruption = error;
      throw error;
    }
  };
  try {
    await provider({ ...args, saslAuthenticate }).authenticate();
  } catch (error) {
    throw interruption ?? error;
  }
}

/** Whether a broker said this, and would say it again. */
function isAnswer(error: unknown): boolean {
  return error instanceof kafkajs.KafkaJSProtocolError && !error.retriable;
}
