/**
 * A kafkajs producer or admin that is thrown away after a failure and made anew by the next call.
 * kafkajs keeps what it once knew (brokers that moved, topics that are gone, for which it then asks
 * again and again) and fails for long; a new one finds brokers that are back at once.
 */
import { MessageTooLargeError, UnknownTopicError } from '../event-log.ts';
import { ClientSockets } from './client-sockets.ts';
import { NoAnswerYetError, toLogError, withinMs } from './kafka-errors.ts';

const CLOSE_LIMIT_MS = 2_000;
/**
 * A client that is slow to answer is kept until this age. A new one would begin from nothing: on a
 * machine that is busy enough none would ever be done within a caller's time, and what is back
 * would not be found. After so long kafkajs itself gives a request up.
 */
const PATIENCE_MS = 5_000;

/** What kafkajs's producer and admin have in common. */
export interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Connection<Client> {
  readonly client: Client;
  readonly sockets: ClientSockets;
  readonly connected: Promise<void>;
  /** By `performance.now()`. */
  readonly openedMs: number;
  /** Calls that wait for it now. */
  users: number;
  hasWorked: boolean;
  isDiscarded: boolean;
}

export class FreshConnection<Client extends Connectable> {
  readonly #create: (sockets: ClientSockets) => Client;
  #connection: Connection<Client> | null = null;

  /** @param create - a client that connects by these sockets alone */
  constructor(create: (sockets: ClientSockets) => Client) {
    this.#create = create;
  }

  /**
   * Does some work with a client that is connected.
   * @param what - named in errors
   * @throws errors of the port only, LogUnavailableError after `limitMs`
   */
  async use<Result>(
    what: string,
    limitMs: number,
    work: (client: Client) => Promise<Result>,
  ): Promise<Result> {
    const connection = this.#open();
    connection.users += 1;
    try {
      const result = await withinMs(
        limitMs,
        what,
        connection.connected.then(() => work(connection.client)),
      );
      connection.hasWorked = true;
      return result;
    } catch (error) {
      const logError = toLogError(error, what);
      if (logError instanceof MessageTooLargeError) throw logError;
      if (logError instanceof NoAnswerYetError && isYoung(connection)) throw logError;
      this.#discard(connection);
      // The topic that is unknown may be another one, which the old client still remembered.
      const isTriedAgain = logError instanceof UnknownTopicError && connection.hasWorked;
      if (isTriedAgain) return await this.use(what, limitMs, work);
      throw logError;
    } finally {
      connection.users -= 1;
      this.#shutIfUnused(connection);
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    connection.isDiscarded = true;
    const closed = connection.client.disconnect();
    // Brokers that do not answer are not waited for.
    await withinMs(CLOSE_LIMIT_MS, 'close', closed).catch(() => undefined);
    connection.sockets.shut();
  }

  #open(): Connection<Client> {
    if (!this.#connection) {
      const sockets = new ClientSockets();
      const client = this.#create(sockets);
      const connection = {
        client,
        sockets,
        connected: client.connect(),
        openedMs: performance.now(),
        users: 0,
        hasWorked: false,
        isDiscarded: false,
      };
      // Perhaps when nobody waits for it any more.
      connection.connected.catch(() => {
        this.#discard(connection);
        this.#shutIfUnused(connection);
      });
      this.#connection = connection;
    }
    return this.#connection;
  }

  /** Nobody else begins to use it. */
  #discard(connection: Connection<Client>): void {
    connection.isDiscarded = true;
    if (this.#connection === connection) this.#connection = null;
  }

  /** Others that use it too may still get their answers, within their own time. */
  #shutIfUnused({ client, sockets, users, isDiscarded }: Connection<Client>): void {
    if (!isDiscarded || users > 0) return;
    client.disconnect().catch(() => undefined);
    sockets.shut();
  }
}

function isYoung({ openedMs }: { readonly openedMs: number }): boolean {
  return performance.now() - openedMs < PATIENCE_MS;
}
