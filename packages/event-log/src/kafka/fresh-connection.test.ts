import { expect, test } from '@jest/globals';
import { LogUnavailableError } from '../event-log.ts';
import { FreshConnection } from './fresh-connection.ts';

/** A client whose connecting is up to the test. */
class ManualClient {
  readonly connecting = Promise.withResolvers<void>();
  isDisconnected = false;

  connect(): Promise<void> {
    return this.connecting.promise;
  }

  async disconnect(): Promise<void> {
    this.isDisconnected = true;
  }
}

const LONG_MS = 1_000_000;

function open() {
  const clients: ManualClient[] = [];
  const connection = new FreshConnection(() => {
    const client = new ManualClient();
    clients.push(client);
    return client;
  });
  /** The client that was made n-th. */
  const client = (n: number) => {
    const made = clients[n];
    if (!made) throw new Error(`no client ${n}`);
    return made;
  };
  return { connection, clients, client };
}

const indexIn = (clients: readonly ManualClient[]) => async (client: ManualClient) =>
  clients.indexOf(client);

test('goes on connecting when the time of a call is over, for the next one', async () => {
  const { connection, clients, client } = open();
  await expect(connection.use('ask', 1, indexIn(clients))).rejects.toThrow(LogUnavailableError);
  const next = connection.use('ask', LONG_MS, indexIn(clients));
  client(0).connecting.resolve();
  expect(await next).toBe(0);
  expect(client(0).isDisconnected).toBe(false);
});

test('makes a new client when connecting failed, also when nobody waited any more', async () => {
  const { connection, clients, client } = open();
  await expect(connection.use('ask', 1, indexIn(clients))).rejects.toThrow(LogUnavailableError);
  client(0).connecting.reject(new Error('refused'));
  await client(0).connecting.promise.catch(() => undefined);
  const next = connection.use('ask', LONG_MS, indexIn(clients));
  client(1).connecting.resolve();
  expect(await next).toBe(1);
  expect(client(0).isDisconnected).toBe(true);
});

test('makes a new client after a failure; others may finish with the old one', async () => {
  const { connection, clients, client } = open();
  const answer = Promise.withResolvers<string>();
  const other = connection.use('ask', LONG_MS, () => answer.promise);
  client(0).connecting.resolve();
  const failing = connection.use('ask', LONG_MS, () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow(LogUnavailableError);
  const next = connection.use('ask', LONG_MS, indexIn(clients));
  client(1).connecting.resolve();
  expect(await next).toBe(1);
  expect(client(0).isDisconnected).toBe(false);
  answer.resolve('late');
  expect(await other).toBe('late');
  expect(client(0).isDisconnected).toBe(true);
});

test('keeps a client that works, until it is closed', async () => {
  const { connection, clients, client } = open();
  const first = connection.use('ask', LONG_MS, indexIn(clients));
  client(0).connecting.resolve();
  expect([await first, await connection.use('ask', LONG_MS, indexIn(clients))]).toEqual([0, 0]);
  await connection.close();
  expect(client(0).isDisconnected).toBe(true);
});
