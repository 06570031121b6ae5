/** Connections to one server, each with one request at a time. */
import { buildConnector, Client } from 'undici';

export interface ConnectionOptions
  extends Pick<
    Client.Options,
    'keepAliveTimeout' | 'keepAliveMaxTimeout' | 'headersTimeout' | 'bodyTimeout'
  > {
  readonly connect?: buildConnector.BuildOptions;
}

/**
 * The caller limits how many are in use at once. undici's own pool has a queue for requests beyond that, of
 * 16 KiB for each bot, and keeps the parts of a connection after it is closed. Here a bot that gets nothing
 * costs nothing.
 */
export class Connections {
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #all = new Set<Client>();
  /** The one that was used last is used next, so that more than are needed become idle, and close. */
  readonly #idle: Client[] = [];

  constructor(origin: string, { connect, ...options }: ConnectionOptions) {
    this.#origin = origin;
    this.#options = {
      ...options,
      pipelining: 1,
      // A request that is given up closes its connection; with HTTP/2 it would leave it to the next one.
      allowH2: false,
      // One for all connections, which so resume each other's TLS sessions.
      connect: buildConnector({ ...connect, allowH2: false }),
    };
  }

  /** @param work - has read the whole answer, or given it up, when it settles */
  async use<Result>(work: (connection: Client) => Promise<Result>): Promise<Result> {
    const client = this.#idle.pop() ?? this.#open();
    try {
      return await work(client);
    } finally {
      if (client.stats.connected && !client.destroyed) this.#idle.push(client);
      else this.#discard(client);
    }
  }

  /** Gives up what is under way. */
  async destroy(): Promise<void> {
    this.#idle.length = 0;
    await Promise.all([...this.#all].map((client) => client.destroy()));
    this.#all.clear();
  }

  #open(): Client {
    const client = new Client(this.#origin, this.#options);
    client.on('disconnect', () => {
      const index = this.#idle.indexOf(client);
      // One in use connects again if its request has not begun; afterwards it is looked at by `use`.
      if (index === -1) return;
      this.#idle.splice(index, 1);
      this.#discard(client);
    });
    this.#all.add(client);
    return client;
  }

  #discard(client: Client): void {
    this.#all.delete(client);
    void client.destroy();
  }
}
