/**
 * How many connections a server holds, and which one goes when there is no room: so that whoever opens
 * thousands of them, sends nothing, or does not read what it asked for, keeps nobody else out and never
 * takes the file descriptors that log and store need.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { networkOf, normalIpAddress } from '@hookpulse/common/values/ip-address';

/**
 * Connections of each server. Ingest: Telegram opens up to 100 for one bot, and while the log is away
 * each delivery waits on one of its own. Probes: orchestrators and Prometheus.
 */
export const MAX_CONNECTIONS = { ingest: 4_000, queryApi: 1_000, probes: 250 } as const;

/** All that one process may hold: `npm start` runs every service. */
const MAX_OF_A_PROCESS =
  MAX_CONNECTIONS.ingest + MAX_CONNECTIONS.queryApi + 4 * MAX_CONNECTIONS.probes;
/** The rest is for files, brokers, the store and mail; the embedded store alone keeps some 250 open. */
const SHARE_OF_DESCRIPTORS = 0.5;
/** What one address may hold; the rest is for all others. */
const SHARE_OF_AN_ADDRESS = 7 / 8;
/** So long a new connection has to ask something before it may be given up for a newer one. */
const GRACE_MS = 1_000;
/** A server that cannot accept says so as often as somebody connects. */
const SAY_AGAIN_AFTER_MS = 10_000;

/** What is known of a connection. */
interface Held {
  readonly network: string;
  readonly openedAtMs: number;
  /** The newest one; null: it has asked nothing yet. */
  request: IncomingMessage | null;
}

/** `max`, or less where the process may open few files. @param limit - null: not known */
export function connectionsWithin(max: number, limit: number | null): number {
  if (limit === null) return max;
  return Math.max(
    1,
    Math.floor(max * Math.min(1, (limit * SHARE_OF_DESCRIPTORS) / MAX_OF_A_PROCESS)),
  );
}

/** How many files this process may open; null where Linux does not tell. */
export function descriptorLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/**
 * A newcomer takes the place of a connection that has asked nothing, else of the one that has been idle
 * for the longest, else of one that does not send or read on; where all are being answered, it is
 * refused.
 */
export function boundConnections(server: Server, max: number, logger: Logger): void {
  const maxOfAnAddress = Math.ceil(max * SHARE_OF_AN_ADDRESS);
  /** The one that asked longest ago comes first. */
  const held = new Map<Socket, Held>();
  const countOf = new Map<string, number>();

  server.on('connection', (socket) => {
    const network = networkOf(normalIpAddress(socket.remoteAddress) ?? '');
    const isOverShare = (countOf.get(network) ?? 0) >= maxOfAnAddress;
    if (isOverShare || held.size >= max) {
      const given = socketToGiveUp(isOverShare ? network : null);
      if (given === null) {
        socket.destroy();
        return;
      }
      forget(given);
      given.destroy();
    }
    held.set(socket, { network, openedAtMs: performance.now(), request: null });
    countOf.set(network, (countOf.get(network) ?? 0) + 1);
    socket.once('close', () => forget(socket));
  });

  server.on('request', (request) => {
    const { socket } = request;
    const known = held.get(socket);
    if (known === undefined) return;
    known.request = request;
    held.delete(socket);
    held.set(socket, known);
  });

  let saidAtMs = Number.NEGATIVE_INFINITY;
  // Without a listener it would end the process. Of a server that does not listen its caller hears.
  server.on('error', (error) => {
    if (!server.listening || performance.now() - saidAtMs < SAY_AGAIN_AFTER_MS) return;
    saidAtMs = performance.now();
    logger.error({ err: error }, 'a connection could not be accepted');
  });

  function forget(socket: Socket): void {
    const known = held.get(socket);
    if (known === undefined) return;
    held.delete(socket);
    const left = (countOf.get(known.network) ?? 1) - 1;
    if (left > 0) countOf.set(known.network, left);
    else countOf.delete(known.network);
  }

  /** @param network - of which one is to go; null: of any */
  function socketToGiveUp(network: string | null): Socket | null {
    const silentSinceMs = performance.now() - GRACE_MS;
    let idle: Socket | null = null;
    let stuck: Socket | null = null;
    for (const [socket, { network: own, openedAtMs, request }] of held) {
      if (network !== null && own !== network) continue;
      if (request === null) {
        if (openedAtMs <= silentSinceMs) return socket;
      } else if (isIdle(server, socket)) idle ??= socket;
      else if (!request.complete || socket.writableLength > 0) stuck ??= socket;
    }
    return idle ?? stuck;
  }
}

/**
 * A connection that neither sends nor takes anything for this long is cut, if it has something to
 * take: an answer that nobody reads. Node sees the progress of a single large write, too.
 */
export function cutStalledWrites(server: Server, timeoutMs: number): void {
  server.timeout = timeoutMs;
  server.on('timeout', (socket) => {
    // Whatever is sent whole to us is waited for by `requestTimeout`; a handler takes its own time.
    if (socket.writableLength > 0 || isIdle(server, socket)) socket.destroy();
  });
}

/** Between answer and next request Node sets the time that a connection is kept alive. */
function isIdle(server: Server, socket: Socket): boolean {
  return socket.timeout !== server.timeout;
}
