/**
 * Child process of the forwarding benchmark: all bots, behind one port, told apart by the last part of the
 * path. It keeps when each update came, and whether each chat got its updates in order.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type BotManner,
  type BotsOrder,
  type BotsReport,
  monotonicMs,
} from './forward-protocol.ts';

interface BenchUpdate {
  readonly update_id: number;
  readonly message: { readonly chat: { readonly id: number } };
}

const manners = new Map<number, BotManner>();
const atOnce = new Map<number, number>();
const taken = new Set<number>();
/** The newest update taken, by bot and chat. */
const newest = new Map<string, number>();
const counts = { repeated: 0, outOfOrder: 0, mostAtOnce: 0 };
let arrivals = { updateIds: [] as number[], atMs: [] as number[] };

const server = createServer((request, response) => {
  const atMs = monotonicMs();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => handle(request, response, Buffer.concat(chunks).toString(), atMs));
});

function handle(request: IncomingMessage, response: ServerResponse, body: string, atMs: number) {
  const bot = Number((request.url ?? '').slice(1));
  const update: BenchUpdate = JSON.parse(body);
  if (request.headers['x-hookpulse-attempt'] === '1') {
    arrivals.updateIds.push(update.update_id);
    arrivals.atMs.push(atMs);
  }
  const open = (atOnce.get(bot) ?? 0) + 1;
  atOnce.set(bot, open);
  counts.mostAtOnce = Math.max(counts.mostAtOnce, open);
  response.once('close', () => atOnce.set(bot, (atOnce.get(bot) ?? 1) - 1));
  const manner = manners.get(bot) ?? 'fine';
  if (manner === 'hanging') return;
  if (manner === 'refusing') {
    response.writeHead(500).end();
    return;
  }
  take(bot, update);
  response.end();
}

function take(bot: number, { update_id: updateId, message }: BenchUpdate): void {
  if (taken.has(updateId)) {
    counts.repeated += 1;
    return;
  }
  taken.add(updateId);
  const queue = `${bot}|${message.chat.id}`;
  if (updateId < (newest.get(queue) ?? 0)) counts.outOfOrder += 1;
  else newest.set(queue, updateId);
}

process.on('message', (order: BotsOrder) => report(carryOut(order)));
// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  report({ kind: 'listening', url: `http://127.0.0.1:${port}` });
});

function carryOut(order: BotsOrder): BotsReport {
  switch (order.kind) {
    case 'behave':
      for (const bot of order.bots) manners.set(bot, order.manner);
      return { kind: 'done' };
    case 'counts':
      return { kind: 'counts', taken: taken.size, ...counts };
    case 'arrivals': {
      const told = arrivals;
      arrivals = { updateIds: [], atMs: [] };
      return { kind: 'arrivals', ...told };
    }
    default:
      return order satisfies never;
  }
}

function report(message: BotsReport): void {
  process.send?.(message);
}
