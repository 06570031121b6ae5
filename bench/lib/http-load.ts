/**
 * Child process: sends rounds of real sample updates over keep-alive connections, each with an id of
 * its own, and waits for every answer, so that the answers can be compared with what was stored.
 *
 * It shares the machine with the server that it measures, so it does as little as it can: a request is
 * written from a buffer that is ready but for the digits of its id, and of an answer only its status and
 * its length are looked at.
 */
import { connect, type Socket } from 'node:net';
import { SAMPLE_UPDATES, sampleUpdate } from '@hookpulse/traffic/updates';
import { percentile } from './answer-times.ts';
import type { HttpLoadOrder, HttpLoadReport } from './http-load-protocol.ts';

const HEAD_END = '\r\n\r\n';
const MAX_FAILURE_EXAMPLES = 3;
/** How often deliveries that are due are looked for, at a given rate. */
const TICK_MS = 1;
/** For answers that are still out after the last delivery. */
const LAST_ANSWERS_MS = 15_000;

process.on('message', async (order: HttpLoadOrder) => {
  process.send?.(await sendRound(order));
});

async function sendRound(order: HttpLoadOrder): Promise<HttpLoadReport> {
  const { connections: count, requestsPerSecond } = order;
  const latenciesMs: number[] = [];
  const failureExamples: string[] = [];
  const done = Promise.withResolvers<void>();
  let [answers200, failures, underWay] = [0, 0, 0];
  let nextUpdateId = order.firstUpdateId;
  let lastAnswerMs = 0;
  let isOver = false;
  /** At a given rate: connections that are free, and deliveries that are due and found none. */
  const free: Connection[] = [];
  const dueMs: number[] = [];
  const isFinished = () => isOver && underWay === 0 && dueMs.length === 0;

  const onAnswer = (connection: Connection, status: string, sinceMs: number) => {
    underWay -= 1;
    lastAnswerMs = performance.now();
    latenciesMs.push(lastAnswerMs - sinceMs);
    if (status === '200') answers200 += 1;
    else fail(`status ${status}`);
    goOn(connection);
  };
  const onBroken = (connection: Connection, wasUnderWay: boolean, reason: string) => {
    if (isFinished()) return;
    if (wasUnderWay) underWay -= 1;
    fail(reason);
    connection.open().then(() => goOn(connection), done.reject);
  };
  const fail = (what: string) => {
    failures += 1;
    if (failureExamples.length < MAX_FAILURE_EXAMPLES) failureExamples.push(what);
  };
  const goOn = (connection: Connection) => {
    if (requestsPerSecond === null) {
      if (!isOver) send(connection, performance.now());
    } else {
      // Also after the round: without the deliveries that wait the longest, the times would be too good.
      const due = dueMs.shift();
      if (due === undefined) free.push(connection);
      else send(connection, due);
    }
    if (isFinished()) done.resolve();
  };
  const send = (connection: Connection, sinceMs: number) => {
    underWay += 1;
    connection.send(nextUpdateId++, sinceMs);
  };

  const all = Array.from({ length: count }, () => new Connection(order, onAnswer, onBroken));
  await Promise.all(all.map((connection) => connection.open()));
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  const ticking =
    requestsPerSecond === null ? null : setInterval(() => sendDue(secondsNow()), TICK_MS);
  let sentByRate = 0;
  for (const connection of all) goOn(connection);
  setTimeout(() => {
    isOver = true;
    if (ticking) {
      clearInterval(ticking);
      // To the last one, also if this timer is early.
      sendDue(order.seconds);
    }
    if (isFinished()) done.resolve();
    setTimeout(() => done.resolve(), LAST_ANSWERS_MS).unref();
  }, order.seconds * 1_000);
  await done.promise;
  const cpu = process.cpuUsage(cpuBefore);
  const unanswered = underWay + dueMs.length;
  if (unanswered > 0) fail(`${unanswered} deliveries without an answer`);
  for (const connection of all) connection.close();
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  return {
    seconds: (lastAnswerMs - startedMs) / 1_000,
    answers200,
    failures,
    failureExamples,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    bodyBytes: Math.round(
      SAMPLE_UPDATES.reduce((sum, update) => sum + Buffer.byteLength(update), 0) /
        SAMPLE_UPDATES.length,
    ),
  };

  /** A late timer is not to send more than the whole round has. */
  function secondsNow(): number {
    return Math.min(order.seconds, (performance.now() - startedMs) / 1_000);
  }

  /** @param seconds - since the start: what is due by then */
  function sendDue(seconds: number): void {
    const rate = requestsPerSecond ?? 0;
    const owed = Math.floor(seconds * rate);
    for (; sentByRate < owed; sentByRate += 1) {
      const due = startedMs + (sentByRate / rate) * 1_000;
      const connection = free.pop();
      if (connection) send(connection, due);
      else dueMs.push(due);
    }
  }
}

/** One connection with at most one delivery under way. */
class Connection {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #requests: readonly RequestBuffer[];
  readonly #onAnswer: (connection: Connection, status: string, sinceMs: number) => void;
  readonly #onBroken: (connection: Connection, wasUnderWay: boolean, reason: string) => void;
  #socket: Socket | null = null;
  #received = '';
  /** Null: nothing is under way. */
  #sinceMs: number | null = null;

  constructor(
    order: HttpLoadOrder,
    onAnswer: (connection: Connection, status: string, sinceMs: number) => void,
    onBroken: (connection: Connection, wasUnderWay: boolean, reason: string) => void,
  ) {
    const { hostname: host, port } = new URL(order.url);
    this.#target = { host, port: Number(port) };
    this.#requests = SAMPLE_UPDATES.map((_, n) => requestBuffer(order, n));
    this.#onAnswer = onAnswer;
    this.#onBroken = onBroken;
  }

  /** Resolves when it is open or cannot be opened. */
  open(): Promise<void> {
    const opened = Promise.withResolvers<void>();
    const socket = connect(this.#target, opened.resolve).setNoDelay();
    this.#socket = socket;
    this.#received = '';
    let reason = 'the connection was closed';
    socket.on('data', (chunk) => this.#receive(chunk.toString('latin1')));
    socket.on('error', (error) => {
      reason = String(error);
    });
    socket.on('close', () => {
      opened.resolve();
      if (this.#socket !== socket) return;
      const wasUnderWay = this.#sinceMs !== null;
      this.#sinceMs = null;
      this.#onBroken(this, wasUnderWay, reason);
    });
    return opened.promise;
  }

  send(updateId: number, sinceMs: number): void {
    this.#sinceMs = sinceMs;
    const request = this.#requests[updateId % this.#requests.length];
    if (!request) return;
    request.bytes.write(`${updateId}`, request.idAt, 'latin1');
    this.#socket?.write(request.bytes);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.destroy();
  }

  #receive(text: string): void {
    const received = this.#received === '' ? text : this.#received + text;
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0 || received.length < headEnd + HEAD_END.length + bodyLength(received)) {
      this.#received = received;
      return;
    }
    this.#received = '';
    const sinceMs = this.#sinceMs ?? 0;
    this.#sinceMs = null;
    this.#onAnswer(this, received.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length), sinceMs);
  }
}

interface RequestBuffer {
  readonly bytes: Buffer;
  /** Where the ten digits of `update_id` are. */
  readonly idAt: number;
}

function requestBuffer(order: HttpLoadOrder, n: number): RequestBuffer {
  // The sample that is the turn's of this id, and of all ids that are as many samples further.
  const id = Math.ceil(1e9 / SAMPLE_UPDATES.length) * SAMPLE_UPDATES.length + n;
  const body = Buffer.from(sampleUpdate(id));
  const head =
    `POST /webhook/${order.botId} HTTP/1.1\r\nhost: ${new URL(order.url).host}\r\n` +
    `content-type: application/json\r\ncontent-length: ${body.length}\r\n` +
    `x-telegram-bot-api-secret-token: ${order.secret}${HEAD_END}`;
  return {
    bytes: Buffer.concat([Buffer.from(head), body]),
    idAt: head.length + body.indexOf(`${id}`),
  };
}

/** @throws Error when the answer does not say it: no server here answers otherwise */
function bodyLength(answer: string): number {
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(answer) ?? [];
  if (length === undefined) throw new Error(`An answer without a length: ${answer}`);
  return Number(length);
}
