/**
 * A kafkajs producer or admin that is thrown away after a failure and made anew by the next call.
 * kafkajs keeps what it once knew (brokers that moved, topics that are gone, for which it then asks
 * again and again) and fails for long; a new one finds brokers that are back at once.
 */
import { MessageTooLargeError, UnknownTopicError } from '../event-log.ts';
import { toLogError, withinMs } from './kafka-errors.ts';

const CLOSE_LIMIT_MS = 2_000;

/** What kafkajs's producer and admin have in common. */
export interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Connection<Client> {
  readonly client: Client;
  readonly connected: Promise<void>;
  hasWorked: boolean;
  isDiscarded: boolean;
}

export class FreshConnection<Client extends Connectable> {
  readonly #create: () => Client;
  #connection: Connection<Client> | null = null;

  constructor(create: () => Client) {
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
      this.#discard(connection);
      // The topic that is unknown may be another one, which the old client still remembered.
      const isTriedAgain = logError instanceof UnknownTopicError && connection.hasWorked;
      if (isTriedAgain) return this.use(what, limitMs, work);
      throw logError;
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = null;
    if (!connection) return;
    const closed = connection.client.disconnect();
    // Brokers that do not answer are not waited for.
    await withinMs(CLOSE_LIMIT_MS, 'close', closed).catch(() => undefined);
  }

  #open(): Connection<Client> {
    if (!this.#connection) {
      const client = this.#create();
      this.#connection = {
        client,
        connected: client.connect(),
        hasWorked: false,
        isDiscarded: false,
      };
    }
    return this.#connection;
  }

  /** Others that use it too have failed or will; theirs is not the successor's affair. */
  #discard(connection: Connection<Client>): void {
    if (connection.isDiscarded) return;
    connection.isDiscarded = true;
    if (this.#connection === connection) this.#connection = null;
    connection.client.disconnect().catch(() => undefined);
  }
}
