/**
 * What a bot notices of the SDK while Hookpulse is away: handling times with and without the middleware, in
 * turns, at a steady rate; the memory of what waits; and what arrives when Hookpulse is back. It fails when an
 * event that waited does not arrive, or arrives twice.
 *
 *   node bench/sdk-away.ts [--seconds 60] [--rate 500] [--json]
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import { Bot } from 'grammy';
import { hookpulse } from '../packages/sdk/src/grammy.ts';
import { createReporter } from '../packages/sdk/src/reporter.ts';
import { freePort } from '../test/kafka-broker/free-port.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  seconds: { type: 'string', default: '60' },
  rate: { type: 'string', default: '500' },
  json: { type: 'boolean', default: false },
});
const seconds = numberOption('seconds', options.seconds);
const updatesPerSecond = numberOption('rate', options.rate);
/** With and without take turns this long, so that both have the machine as it is at the time. */
const TURN_MS = 1_000;
const TICK_MS = 10;
/** What a handler that asks a database waits. */
const HANDLER_MS = 5;

const port = await freePort();
const warnings: string[] = [];
const reporter = createReporter({
  url: `http://127.0.0.1:${port}`,
  token: 'report-token',
  warn: (message) => warnings.push(message),
});
const [plain, observed] = [makeBot(), makeBot()];
observed.use(hookpulse(reporter));
const handled: Record<'plain' | 'observed', number[]> = { plain: [], observed: [] };
for (const bot of [plain, observed]) bot.use(() => delay(HANDLER_MS));

let updateId = 0;
let sentObserved = 0;
const before = memoryBytes();
const startedMs = performance.now();
const underWay = new Set<Promise<void>>();
// Both take turns, so it lasts twice as long for the bot with the SDK to have its whole time.
for (let due = 0; due < seconds * 2 * updatesPerSecond; ) {
  const elapsedMs = performance.now() - startedMs;
  const isObserved = Math.floor(elapsedMs / TURN_MS) % 2 === 1;
  for (; due < (elapsedMs * updatesPerSecond) / 1_000; due += 1) {
    const done = handle(isObserved).finally(() => underWay.delete(done));
    underWay.add(done);
    if (isObserved) sentObserved += 1;
  }
  await delay(TICK_MS);
}
await Promise.all(underWay);
const growthBytes = memoryBytes() - before;
const { queued, dropped } = reporter;

/** How often each event arrived, by its id. */
const arrivals = new Map<string, number>();
const server = await startIngest();
const backMs = performance.now();
await until('everything that waits to arrive', () => reporter.queued === 0);
const caughtUpMs = performance.now() - backMs;
await reporter.close();
server.close();

const arrivedAgain = [...arrivals.values()].filter((times) => times > 1).length;
const lost = Math.max(0, queued - arrivals.size);
writeResult(
  'sdk-away',
  {
    secondsAway: seconds * 2,
    updatesPerSecond,
    updatesObserved: sentObserved,
    p50PlainMs: rank(handled.plain, 0.5),
    p50ObservedMs: rank(handled.observed, 0.5),
    p99PlainMs: rank(handled.plain, 0.99),
    p99ObservedMs: rank(handled.observed, 0.99),
    p99Ratio: rank(handled.observed, 0.99) / rank(handled.plain, 0.99),
    growthMiB: Math.round(growthBytes / 2 ** 20),
    eventsWaiting: queued,
    eventsDropped: dropped,
    eventsArrivedOnce: arrivals.size - arrivedAgain,
    eventsArrivedAgain: arrivedAgain,
    eventsLost: lost,
    warnings: warnings.length,
    caughtUpSeconds: Math.round(caughtUpMs / 100) / 10,
  },
  options,
);
if (arrivedAgain > 0 || lost > 0) process.exitCode = 1;

function makeBot(): Bot {
  return new Bot('1:bench', {
    botInfo: {
      ...{ id: 1, is_bot: true, first_name: 'Bench', username: 'bench_bot' },
      ...{ can_join_groups: true, can_read_all_group_messages: false, can_manage_bots: false },
      ...{
        supports_inline_queries: false,
        supports_join_request_queries: false,
        can_connect_to_business: false,
        has_main_web_app: false,
      },
      ...{ has_topics_enabled: false, allows_users_to_create_topics: false },
    },
  });
}

async function handle(isObserved: boolean): Promise<void> {
  updateId += 1;
  const from = { id: updateId % 100, is_bot: false, first_name: 'User' };
  const chat = { id: from.id, type: 'private' as const, first_name: 'User' };
  const message = { message_id: updateId, date: 1_441_645_532, from, chat, text: 'hello' };
  const started = performance.now();
  await (isObserved ? observed : plain).handleUpdate({ update_id: updateId, message });
  handled[isObserved ? 'observed' : 'plain'].push(performance.now() - started);
}

async function startIngest(): Promise<Server> {
  const ingest = createServer(async (request, response) => {
    const events = await json(request);
    if (!Array.isArray(events)) throw new Error('not an array');
    for (const { event_id: id } of events) arrivals.set(id, (arrivals.get(id) ?? 0) + 1);
    response.writeHead(202).end(JSON.stringify({ accepted: events.length, rejected: [] }));
  });
  ingest.listen(port, '127.0.0.1');
  await once(ingest, 'listening');
  return ingest;
}

function rank(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round((sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN) * 100) / 100;
}

function memoryBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss;
}
