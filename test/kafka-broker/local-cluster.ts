/** Three real Kafka brokers on the local machine that replicate each other's topics. */
import { freePort } from './free-port.ts';
import type { LocalBroker, startLocalBroker } from './local-broker.ts';

export interface LocalCluster {
  /** Also the cluster's one controller, so it has to stay. */
  readonly first: LocalBroker;
  readonly second: LocalBroker;
  readonly third: LocalBroker;
  close(): Promise<void>;
}

const SIZE = 3;

export async function startLocalCluster(
  startBroker: typeof startLocalBroker,
): Promise<LocalCluster> {
  const controllerPort = await freePort();
  const start = async (id: number): Promise<LocalBroker> => {
    const port = await freePort();
    const listener = `PLAINTEXT://127.0.0.1:${port}`;
    const isController = id === 1;
    return startBroker({
      port,
      properties: {
        'node.id': id,
        'process.roles': isController ? 'broker,controller' : 'broker',
        'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
        listeners: isController ? `${listener},CONTROLLER://127.0.0.1:${controllerPort}` : listener,
        'offsets.topic.replication.factor': SIZE,
      },
    });
  };
  const started = await Promise.allSettled([start(1), start(2), start(3)]);
  const brokers = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const close = async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
  };
  const [first, second, third] = brokers;
  if (first && second && third) return { first, second, third, close };
  await close();
  throw new AggregateError(
    started.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])),
    'the cluster did not start',
  );
}
