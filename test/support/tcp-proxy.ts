/**
 * A TCP proxy on loopback that breaks connections as networks do: between a client and a server of a
 * test. It knows nothing of protocols; what is to be hit is told by the bytes of a request.
 *
 * A Kafka broker sends its clients to the address that it advertises, so it is started with
 * `startLocalBroker({ advertisedPort: proxy.port })`, and clients are given the proxy's address.
 */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Seen from the client: `requests` go to the server, `responses` come back. */
export type Direction = 'requests' | 'responses';

export interface TcpProxy {
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly address: string;
  /** Connections open now. */
  readonly connections: number;
  /** New connections go there from now on. @param address - `host:port` */
  setTarget(address: string): void;
  /** Resets all connections, on both sides. New ones are taken as before. */
  cutConnections(): void;
  /** New connections are refused, as when nobody listens; those that are open stay. */
  refuse(): Promise<void>;
  /** Takes connections again after `refuse`, at the same port. */
  accept(): Promise<void>;
  /** Holds bytes back while connections stay open, also new ones. Without an argument: both ways. */
  stall(direction?: Direction): void;
  /** Lets through what was held back, and what comes. */
  resume(): void;
  /** Holds each piece of data (64 KiB at most) back for so long, either way; 0: not at all. */
  delay(ms: number): void;
  /**
   * Once: the next request that `matches` reaches the server, and the first bytes that the server
   * answers on its connection are dropped and the connection is reset. The client cannot know what
   * became of its request. Resolves when that has happened.
   * @param matches - told the bytes of a request as they arrive, as a rule one request at a time.
   *   Default: any.
   */
  cutNextResponse(matches?: (request: Buffer) => boolean): Promise<void>;
  /**
   * Once: the next request that `matches` never reaches the server, and its connection is reset.
   * Resolves when that has happened.
   * @param matches - as with `cutNextResponse`
   */
  dropNextRequest(matches: (request: Buffer) => boolean): Promise<void>;
  /** Resets what is open and stops listening. */
  close(): Promise<void>;
}

/** What `cutNextResponse` takes for Kafka: requests that append messages. */
export function isKafkaProduce(request: Buffer): boolean {
  // The length of the request, then the number of its kind: 0 is Produce.
  return request.length >= 6 && request.readInt16BE(4) === 0;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  /** The answer to a request of it is to be cut off. */
  isMarked: boolean;
}

interface Cut {
  matches(request: Buffer): boolean;
  readonly done: PromiseWithResolvers<void>;
}

/** @param target - `host:port`; until there is one, connections are reset */
export async function startTcpProxy(target: string | null = null): Promise<TcpProxy> {
  let targetAddress = target;
  let delayMs = 0;
  let cut: Cut | null = null;
  let drop: Cut | null = null;
  const stalled = new Map<Direction, PromiseWithResolvers<void>>();
  const pairs = new Set<Pair>();
  let server: Server | null = await listen(0, onConnection);
  const port = portOf(server);

  return {
    port,
    address: `127.0.0.1:${port}`,
    get connections() {
      return pairs.size;
    },
    setTarget: (address) => {
      targetAddress = address;
    },
    cutConnections,
    refuse,
    accept: async () => {
      server ??= await listen(port, onConnection);
    },
    stall: (direction) => {
      const directions: Direction[] = direction ? [direction] : ['requests', 'responses'];
      for (const one of directions) {
        if (!stalled.has(one)) stalled.set(one, Promise.withResolvers());
      }
    },
    resume,
    delay: (ms) => {
      delayMs = ms;
    },
    cutNextResponse: (matches = () => true) => {
      cut = { matches, done: Promise.withResolvers() };
      return cut.done.promise;
    },
    dropNextRequest: (matches) => {
      drop = { matches, done: Promise.withResolvers() };
      return drop.done.promise;
    },
    close: async () => {
      await refuse();
      cutConnections();
      resume();
    },
  };

  function onConnection(client: Socket): void {
    if (targetAddress === null) {
      client.resetAndDestroy();
      return;
    }
    const [host, targetPort] = targetAddress.split(':');
    const toServer = connect({
      host,
      port: Number(targetPort),
      allowHalfOpen: true,
      noDelay: true,
    });
    const pair: Pair = { client, server: toServer, isMarked: false };
    pairs.add(pair);
    for (const socket of [client, toServer]) {
      // An error ends the pump of its direction, which resets the pair.
      socket.on('error', () => undefined);
      socket.once('close', () => {
        if (client.destroyed && toServer.destroyed) pairs.delete(pair);
      });
    }
    pump(client, toServer, 'requests', pair).catch(() => reset(pair));
    pump(toServer, client, 'responses', pair).catch(() => reset(pair));
  }

  /** Passes on one direction, and its end. @throws when either side is broken */
  async function pump(from: Socket, to: Socket, direction: Direction, pair: Pair): Promise<void> {
    for await (const chunk of from) {
      if (!Buffer.isBuffer(chunk)) throw new Error('sockets without an encoding read buffers');
      if (delayMs > 0) await setTimeout(delayMs);
      await stalled.get(direction)?.promise;
      if (direction === 'requests' && drop?.matches(chunk)) {
        drop.done.resolve();
        drop = null;
        // Now: leaving the loop ends the client's socket in good order.
        reset(pair);
        throw new Error('the request is dropped');
      }
      if (direction === 'requests' && cut?.matches(chunk)) pair.isMarked = true;
      if (direction === 'responses' && pair.isMarked && cut) {
        cut.done.resolve();
        cut = null;
        throw new Error('the answer is cut off');
      }
      if (!to.write(chunk)) await once(to, 'drain');
    }
    to.end();
  }

  function cutConnections(): void {
    for (const pair of pairs) reset(pair);
  }

  function resume(): void {
    for (const { resolve } of stalled.values()) resolve();
    stalled.clear();
  }

  /** The port is free as soon as the listening handle is closed; open connections are not waited for. */
  async function refuse(): Promise<void> {
    const listening = server;
    server = null;
    listening?.close();
    await setTimeout(0);
  }
}

async function listen(port: number, onConnection: (client: Socket) => void): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onConnection);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}

function reset({ client, server }: Pair): void {
  for (const socket of [client, server]) {
    // A socket that is being shut down cannot be reset, and Node 24 then never closes it: the process
    // would spin at its end for ever.
    if (socket.writableEnded) socket.destroy();
    else socket.resetAndDestroy();
  }
}
