/** A local broker as production has it: TLS from an authority of one's own, SASL, client certificates. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestAuthority, type TestAuthority } from '../support/test-certificates.ts';
import { freePort } from './free-port.ts';
import type { LocalBroker, startLocalBroker } from './local-broker.ts';

export interface SecuredBroker {
  /** Over TLS with SASL: `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`, as `USER` with `PASSWORD`. */
  readonly saslAddress: string;
  /** Over TLS with a client certificate of the authority. */
  readonly mutualAddress: string;
  /** Over TLS, with a certificate for another host. */
  readonly strangeAddress: string;
  /** Neither TLS nor SASL. */
  readonly plainAddress: string;
  readonly authority: TestAuthority;
  /** PEM files for clients. */
  readonly files: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Ends the process, and with it every connection. */
  kill(): Promise<void>;
  /** Starts it again after `kill`. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const USER = 'hookpulse';
export const PASSWORD = 'only-Kafka-and-we-know';

const LOGIN_MODULES = 'org.apache.kafka.common.security';

export async function startSecuredBroker(
  startBroker: typeof startLocalBroker,
): Promise<SecuredBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-tls-'));
  const authority = await createTestAuthority();
  const server = await authority.issue('localhost');
  const stranger = await authority.issue('kafka.example.com', []);
  const client = await authority.issue('hookpulse');
  const pathOf = async (name: string, pem: string) => {
    const path = join(folder, name);
    await writeFile(path, pem, { mode: 0o600 });
    return path;
  };
  const files = {
    ca: await pathOf('ca.pem', authority.cert),
    cert: await pathOf('client.pem', client.cert),
    key: await pathOf('client.key', client.key),
  };
  const keyStore = await pathOf('server.pem', `${server.key}\n${server.cert}`);
  const strangeKeyStore = await pathOf('stranger.pem', `${stranger.key}\n${stranger.cert}`);
  const [saslPort, mutualPort, strangePort] = [
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  let broker: LocalBroker;
  try {
    broker = await startBroker({
      listeners: [
        { name: 'SECURED', protocol: 'SASL_SSL', port: saslPort },
        { name: 'MUTUAL', protocol: 'SSL', port: mutualPort },
        { name: 'STRANGE', protocol: 'SSL', port: strangePort },
      ],
      scramUsers: (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).map((mechanism) => ({
        mechanism,
        name: USER,
        password: PASSWORD,
      })),
      properties: {
        'ssl.keystore.type': 'PEM',
        'ssl.keystore.location': keyStore,
        'ssl.truststore.type': 'PEM',
        'ssl.truststore.location': files.ca,
        'listener.name.strange.ssl.keystore.type': 'PEM',
        'listener.name.strange.ssl.keystore.location': strangeKeyStore,
        'listener.name.mutual.ssl.client.auth': 'required',
        'listener.name.secured.sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
        'listener.name.secured.plain.sasl.jaas.config': `${LOGIN_MODULES}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
        'listener.name.secured.scram-sha-256.sasl.jaas.config': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
        'listener.name.secured.scram-sha-512.sasl.jaas.config': `${LOGIN_MODULES}.scram.ScramLoginModule required;`,
      },
    });
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
  return {
    saslAddress: `127.0.0.1:${saslPort}`,
    mutualAddress: `127.0.0.1:${mutualPort}`,
    strangeAddress: `127.0.0.1:${strangePort}`,
    plainAddress: broker.address,
    authority,
    files,
    kill: () => broker.kill(),
    restart: () => broker.restart(),
    async close() {
      await broker.close();
      await rm(folder, { recursive: true });
    },
  };
}
