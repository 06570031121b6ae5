/** Child process of the benchmark of strangers: one attack at a steady rate, then it exits. */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Attack, StrangersOrder, StrangersReport } from './strangers-protocol.ts';

type Send = (n: number) => void;

const PIPELINED_AT_ONCE = 100;
const EVENTS_PER_REPORT = 10;
const MIB = 1_048_576;
const MAX_CONNECTIONS = 100;
const TICK_MS = 10;
/** A sender that was kept from sending does not make up for it at once. */
const MAX_A_TICK = 50;
/** For the answers to what was sent last. */
const LAST_ANSWERS_MS = 500;

process.once('message', async (order: StrangersOrder) => {
  process.send?.(await attack(order));
  // Whatever it holds open ends with it.
  process.exit();
});

async function attack(order: StrangersOrder): Promise<StrangersReport> {
  const answers = new Map<string, number>();
  const send = await sender(order, (status) => answers.set(status, (answers.get(status) ?? 0) + 1));
  const startedMs = performance.now();
  let sent = 0;
  // The network has its turn between ticks, also for a sender that is late.
  for (let elapsedMs = 0; elapsedMs < order.seconds * 1_000; ) {
    await delay(TICK_MS);
    elapsedMs = performance.now() - startedMs;
    const due = Math.floor((elapsedMs / 1_000) * order.requestsPerSecond);
    const until = Math.min(due, sent + MAX_A_TICK);
    while (sent < until) send(sent++);
  }
  await delay(LAST_ANSWERS_MS);
  return { requests: sent, answers: Object.fromEntries(answers) };
}

async function sender(order: StrangersOrder, count: (status: string) => void): Promise<Send> {
  const { ingestUrl, queryApiUrl, reporter } = order;
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS });
  const json = { 'content-type': 'application/json' };

  function ask(url: string, method: string, headers: Record<string, string>, body?: string): void {
    const sent = request(url, { agent, method, headers }, (response) => {
      count(String(response.statusCode));
      response.resume();
    });
    sent.on('error', () => count('none'));
    sent.end(body);
  }

  const report = (events: readonly object[]) =>
    ask(
      `${ingestUrl}/api/events`,
      'POST',
      { ...json, authorization: `Bearer ${reporter.reportToken}` },
      JSON.stringify(events),
    );
  const guess = (n: number) => ({ authorization: `Bearer guess-${n}` });

  const senders: Readonly<Record<Attack, () => Send | Promise<Send>>> = {
    'pipelined assets, never read': async () => {
      const page = await (await fetch(queryApiUrl)).text();
      const [asset = '/'] = /\/assets\/[\w-]+\.js/.exec(page) ?? [];
      const text = `GET ${asset} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(PIPELINED_AT_ONCE);
      return (n) => {
        if (n % PIPELINED_AT_ONCE === 0) rawSocket(queryApiUrl).write(text);
      };
    },
    'connections that ask nothing': () => (n) => {
      rawSocket(n % 2 === 0 ? ingestUrl : queryApiUrl);
    },
    'wrong report tokens, 4,000 characters': () => (n) => {
      const authorization = `Bearer ${String(n).padStart(4_000, 'x')}`;
      ask(`${ingestUrl}/api/events`, 'POST', { ...json, authorization }, '{}');
    },
    'sign-ins without a token': () => () => {
      ask(`${queryApiUrl}/api/session`, 'POST', json, '{}');
    },
    'sign-ins of 1 MiB': () => {
      const body = JSON.stringify({ token: 'x'.repeat(MIB - 100) });
      return () => ask(`${queryApiUrl}/api/session`, 'POST', json, body);
    },
    'wrong tokens at the query API': () => (n) => ask(`${queryApiUrl}/api/bots`, 'GET', guess(n)),
    'wrong tokens at /metrics of ingest': () => (n) => ask(`${ingestUrl}/metrics`, 'GET', guess(n)),
    'wrong webhook secrets': () => (n) => {
      const headers = { ...json, 'x-telegram-bot-api-secret-token': `guess-${n}` };
      ask(`${ingestUrl}/webhook/${order.botId}`, 'POST', headers, `{"update_id":${n + 1}}`);
    },
    'event ids made for one hash': () => (n) =>
      report(
        Array.from({ length: EVENTS_PER_REPORT }, (_, at) => ({
          bot_id: reporter.botId,
          event_type: 'retry',
          event_id: collidingEventId(n * EVENTS_PER_REPORT + at),
        })),
      ),
    'update ids made for one hash': () => {
      const updateIds = collidingUpdateIds(
        order.requestsPerSecond * order.seconds * EVENTS_PER_REPORT,
      );
      // A bot that reports is one whose updates are waited for.
      report([{ bot_id: reporter.botId, event_type: 'processed', update_id: 1 }]);
      return (n) =>
        report(
          updateIds.slice(n * EVENTS_PER_REPORT, (n + 1) * EVENTS_PER_REPORT).map((update_id) => ({
            bot_id: reporter.botId,
            event_type: 'received',
            update_id,
          })),
        );
    },
    'live streams of one read token': () => {
      const streams = new Agent({ keepAlive: true });
      const authorization = `Bearer ${order.readToken}`;
      return () => {
        const sent = request(
          `${queryApiUrl}/api/events/stream`,
          { agent: streams, headers: { authorization } },
          (response) => {
            count(String(response.statusCode));
            // A stream that was opened is held, and not read.
            if (response.statusCode !== 200) response.resume();
          },
        );
        sent.on('error', () => count('none'));
        sent.end();
      };
    },
    'health under a foreign name': () => () =>
      ask(`${queryApiUrl}/api/health/webhook/`, 'GET', { host: 'evil.example' }),
  };
  return senders[order.attack]();

  function rawSocket(url: string): Socket {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    // A connection that is cut is what should become of it.
    socket.on('error', () => undefined);
    socket.pause();
    return socket;
  }
}

/** Halves that cancel out, as a hash without a key would have them. */
function collidingEventId(n: number): string {
  const hex = (value: number) => (value >>> 0).toString(16).padStart(8, '0');
  const [outer, inner] = [hex(n), hex(Math.imul(n, 31))];
  const [head, tail] = [inner.slice(0, 4), inner.slice(4)];
  return `${outer}-${head}-${tail}-${head}-${tail}${outer}`;
}

/** Integers that V8 puts on few chains of a `Map` of numbers (`ComputeUnseededHash`). */
function collidingUpdateIds(count: number): readonly number[] {
  const ids: number[] = [];
  for (let id = 1; ids.length < count && id < 2 ** 30; id += 1) {
    if ((unseededHash(id) & 0xfff) === 5) ids.push(id);
  }
  return ids;
}

function unseededHash(key: number): number {
  let hash = (~key + (key << 15)) >>> 0;
  hash = (hash ^ (hash >>> 12)) >>> 0;
  hash = (hash + (hash << 2)) >>> 0;
  hash = (hash ^ (hash >>> 4)) >>> 0;
  hash = Math.imul(hash, 2_057) >>> 0;
  return (hash ^ (hash >>> 16)) & 0x3fffffff;
}
