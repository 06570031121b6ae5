/**
 * Child process of the guard: runs ingest and counts its heap bytes or system calls. In Jest, Jest's own
 * work would be counted too. `measure-delivery.ts` starts it.
 */
import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MicroBatcher } from '@hookpulse/event-log/micro-batcher';
import { type IngestFixture, openIngest } from '@hookpulse/ingest/testing/ingest-fixture';
import { fastify } from 'fastify';
import { deliver, type Injectable } from './deliveries.ts';
import type { ChildReport } from './measure-delivery.ts';
import { type Publisher, parsingAgain, writingToFile } from './worsened.ts';

const WARM_UP = 400;
const ROUNDS = 50;
const AT_ONCE = 20;

const [what, log, variant] = process.argv.slice(2);
const inMemory: Publisher = { publish: () => nextTurn() };
const batcher = new MicroBatcher(inMemory);
const ingest = await openIngest(overrides());
try {
  if (what === 'heap') send(await countHeap(ingest));
  else await countSystemCalls(ingest);
} finally {
  await ingest.close();
  if (process.connected) process.disconnect();
}

function overrides(): { readonly publisher?: Publisher } {
  if (variant === 'worse') {
    return { publisher: what === 'heap' ? parsingAgain(batcher) : writingToFile(batcher) };
  }
  return log === 'memory' ? { publisher: batcher } : {};
}

async function countHeap({ app }: IngestFixture): Promise<ChildReport> {
  const bare = fastify();
  bare.post('/webhook/:botId', () => ({}));
  const collections: unknown[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  await deliver(bare, WARM_UP);
  await deliver(app, WARM_UP);
  observer.observe({ entryTypes: ['gc'] });
  const bytes = (await allocatedBy(app)) - (await allocatedBy(bare));
  await nextTurn();
  await bare.close();
  if (collections.length > 0) throw new Error('memory was collected while it was counted');
  return { kind: 'heap', bytes };
}

async function allocatedBy(app: Injectable): Promise<number> {
  await nextTurn();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < ROUNDS; round += 1) await deliver(app, AT_ONCE);
  return (process.memoryUsage().heapUsed - before) / (ROUNDS * AT_ONCE);
}

/** Sends the number so far whenever it is asked, until its parent has heard enough. */
async function countSystemCalls({ app }: IngestFixture): Promise<void> {
  const over = Promise.withResolvers<void>();
  process.once('disconnect', over.resolve);
  process.on('message', () => send({ kind: 'system calls', count: systemCalls() }));
  send({ kind: 'listening', url: await app.listen({ host: '127.0.0.1', port: 0 }) });
  await over.promise;
}

/** Of all threads. Linux counts `read`, `write` and their like, on sockets too, and nothing else. */
function systemCalls(): number {
  const text = readFileSync('/proc/self/io', 'utf8');
  const [reads, writes] = ['syscr', 'syscw'].map((name) => text.match(`${name}: (\\d+)`)?.[1]);
  return Number(reads) + Number(writes);
}

function send(report: ChildReport): void {
  process.send?.(report);
}
