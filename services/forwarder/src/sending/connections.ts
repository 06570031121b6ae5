/** Connections to one server, each with one request at a time. */
import { buildConnector, Client } from 'undici';
import type { IdleConnections } from './idle-connections.ts';

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
  readonly #idleOfAll: IdleConnections;
  /** Resolved when the last connection is closed; null: it is in use. */
  #retired: PromiseWithResolvers<void> | null = null;

  /** @param idleOfAll - shared with the connections to other servers */
  constructor(
    origin: string,
    idleOfAll: IdleConnections,
    { connect, ...options }: ConnectionOptions,
  ) {
    this.#origin = origin;
    this.#idleOfAll = idleOfAll;
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
    this.#idleOfAll.remove(client);
    try {
      return await work(client);
    } finally {
      const isKept = client.stats.connected && !client.destroyed && this.#retired === null;
      if (isKept) this.#keep(client);
      else this.#discard(client);
    }
  }

  /** Closes each connection when it is idle. @returns when all are closed */
  async retire(): Promise<void> {
    this.#retired ??= Promise.withResolvers();
    for (const client of [...this.#idle]) this.#closeIdle(client);
    this.#settleRetired();
    await this.#retired.promise;
  }

  /** Gives up what is under way. */
  async destroy(): Promise<void> {
    for (const client of this.#idle.splice(0)) this.#idleOfAll.remove(client);
    await Promise.all([...this.#all].map((client) => client.destroy()));
    this.#all.clear();
    this.#settleRetired();
  }

  #open(): Client {
    const client = new Client(this.#origin, this.#options);
    client.on('disconnect', () => this.#closeIdle(client));
    this.#all.add(client);
    return client;
  }

  #keep(client: Client): void {
    this.#idle.push(client);
    this.#idleOfAll.add(client, () => this.#closeIdle(client));
  }

  /** One in use connects again if its request has not begun; afterwards it is looked at by `use`. */
  #closeIdle(client: Client): void {
    const index = this.#idle.indexOf(client);
    if (index === -1) return;
    this.#idle.splice(index, 1);
    this.#idleOfAll.remove(client);
    this.#discard(client);
  }

  #discard(client: Client): void {
    this.#all.delete(client);
    void client.destroy();
    this.#settleRetired();
  }

  #settleRetired(): void {
    if (this.#all.size === 0) this.#retired?.resolve();
  }
}
