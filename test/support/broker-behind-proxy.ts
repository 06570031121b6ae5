/** A broker that clients reach through a proxy only, also where the broker itself sends them. */
import { freePort } from '../kafka-broker/free-port.ts';
import { type LocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface ProxiedBroker {
  readonly broker: LocalBroker;
  /** Its `address` is the one for clients. */
  readonly proxy: TcpProxy;
  close(): Promise<void>;
}

export async function startBrokerBehindProxy(): Promise<ProxiedBroker> {
  const port = await freePort();
  // Before the broker, which is ready only when it is reached where it says that it is.
  const proxy = await startTcpProxy(`127.0.0.1:${port}`);
  try {
    const broker = await startLocalBroker({ port, advertisedPort: proxy.port });
    return {
      broker,
      proxy,
      async close() {
        await broker.close();
        await proxy.close();
      },
    };
  } catch (error) {
    await proxy.close();
    throw error;
  }
}
