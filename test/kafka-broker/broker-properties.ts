/** Settings of a single broker in KRaft mode that starts fast and keeps its data only for a test. */

/** A way in beside the usual one, at the same address. How it is secured is up to the settings. */
export interface BrokerListener {
  /** Upper case; in names of settings lower case: `listener.name.<name>.…`. */
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SSL' | 'SASL_SSL' | 'SASL_PLAINTEXT';
  readonly port: number;
  /** Where its clients are sent: a proxy in front of it. Default: itself. */
  readonly advertisedPort?: number;
}

export interface BrokerSettings {
  /** The address that it listens on, and is reached at. */
  readonly host: string;
  readonly brokerPort: number;
  /** Where clients are sent: the broker itself, or a proxy in front of it. */
  readonly advertisedPort: number;
  readonly controllerPort: number;
  readonly listeners: readonly BrokerListener[];
  /** Folder of the broker's log. */
  readonly dataDirectory: string;
  readonly overrides: Readonly<Record<string, string | number>>;
}

/** The text of `server.properties`. */
export function brokerProperties(settings: BrokerSettings): string {
  const { host, brokerPort, advertisedPort, controllerPort, dataDirectory } = settings;
  const ways = settings.listeners.map(({ name, port }) => `,${name}://${host}:${port}`).join('');
  const advertised = settings.listeners
    .map(({ name, port, advertisedPort }) => `,${name}://${host}:${advertisedPort ?? port}`)
    .join('');
  const protocols = settings.listeners.map(({ name, protocol }) => `,${name}:${protocol}`).join('');
  const properties = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@${host}:${controllerPort}`,
    listeners: `PLAINTEXT://${host}:${brokerPort},CONTROLLER://${host}:${controllerPort}${ways}`,
    'advertised.listeners': `PLAINTEXT://${host}:${advertisedPort}${advertised}`,
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT${protocols}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': dataDirectory,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    // A group's first member does not wait for others, and tests may choose short sessions.
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    // A killed broker may come back under its id once its session is over.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    // Small buffers: the heap is small, and every test makes topics.
    'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
    'log.index.size.max.bytes': 1024 * 1024,
    ...settings.overrides,
  };
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
