/**
 * Two workers of one group get the updates of a bot, and are killed and started again at random. In the end
 * every update was handled, and those of each chat in their order.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { schemaHeader, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { Random } from '@hookpulse/traffic/random';
import type { NumberedUpdate, Source, WorkerOptions } from './worker.ts';

export interface ConsumersRun {
  readonly publish: (messages: readonly OutgoingMessage[]) => Promise<void>;
  readonly source: Source;
  readonly botId: string;
  readonly kills: number;
  /** Repeats which worker is ended and when; what the machine does meanwhile is not repeated. */
  readonly seed: number;
  readonly onKill?: () => void;
  /** Ends the run before its time: it rejects, and leaves nothing behind. */
  readonly signal?: AbortSignal;
}

export interface ConsumersReport {
  readonly updates: number;
  readonly kills: number;
  /** Handled again after a kill, or because the rest of a group took over. */
  readonly repeated: number;
  /** What is wrong, in words. */
  readonly findings: readonly string[];
}

const CHATS = 20;
const UPDATES_AT_ONCE = 10;
const PUBLISH_PAUSE_MS = 50;
const MAX_LIFE_MS = 2_000;
const CATCH_UP_LIMIT_MS = 120_000;
const FAILS_ONE_IN = 17;

export async function runConsumers(run: ConsumersRun): Promise<ConsumersReport> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-consumers-'));
  const file = join(folder, 'handled');
  await writeFile(file, '');
  const { botId, source } = run;
  const options = { source, botId, group: 'workers', file, failsOneIn: FAILS_ONE_IN };
  const workers = [await Worker.start(options), await Worker.start(options)];
  const sent = new Map<number, number>();
  const random = new Random(run.seed);
  const stopping = new AbortController();
  const isInterrupted = () => run.signal?.aborted === true;
  const publishing = publishUntil(stopping.signal, run, sent).finally(() => stopping.abort());
  // Awaited after the kills, which a failure ends.
  publishing.catch(() => undefined);
  try {
    for (let kills = 1; kills <= run.kills; kills += 1) {
      await delay(random.share() * MAX_LIFE_MS);
      if (stopping.signal.aborted || isInterrupted()) break;
      const at = random.integer(0, workers.length - 1);
      // Every fourth ends as it does in a deployment.
      await workers[at]?.stop(kills % 4 === 0 ? 'SIGTERM' : 'SIGKILL');
      workers[at] = await Worker.start(options);
      run.onKill?.();
    }
    stopping.abort();
    await publishing;
    await until(
      'every update to be handled',
      async () => isInterrupted() || isAll(sent, await read(file)),
      CATCH_UP_LIMIT_MS,
    ).catch(() => undefined);
    run.signal?.throwIfAborted();
    return judge(run.kills, sent, await read(file));
  } finally {
    stopping.abort();
    await publishing.catch(() => undefined);
    await Promise.all(workers.map((worker) => worker.stop('SIGTERM')));
    await rm(folder, { recursive: true });
  }
}

class Worker {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  private constructor(options: WorkerOptions) {
    const program = join(import.meta.dirname, 'worker.ts');
    this.#child = spawn(process.execPath, [program, JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#ended = once(this.#child, 'exit');
  }

  static async start(options: WorkerOptions): Promise<Worker> {
    const worker = new Worker(options);
    const { stdout } = worker.#child;
    if (!stdout) throw new Error('the worker has no output');
    await Promise.race([
      once(stdout, 'data'),
      worker.#ended.then(() => Promise.reject(new Error('a worker ended at its start'))),
    ]);
    stdout.resume();
    return worker;
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}

async function publishUntil(
  signal: AbortSignal,
  { publish, botId }: ConsumersRun,
  sent: Map<number, number>,
): Promise<void> {
  let updateId = 0;
  while (!signal.aborted) {
    const messages = Array.from({ length: UPDATES_AT_ONCE }, () => {
      updateId += 1;
      const chat = updateId % CHATS;
      const number = (sent.get(chat) ?? 0) + 1;
      sent.set(chat, number);
      const message = { chat: { id: chat }, text: String(number) };
      return messageOf(botId, { update_id: updateId, message });
    });
    await publish(messages);
    await delay(PUBLISH_PAUSE_MS);
  }
}

function messageOf(botId: string, update: NumberedUpdate): OutgoingMessage {
  const value = JSON.stringify({ bot_id: botId, received_at: new Date().toISOString(), update });
  return { topic: UPDATES_TOPIC, key: botId, value, headers: schemaHeader(UPDATES_TOPIC) };
}

interface Handled {
  readonly chat: number;
  readonly number: number;
}

async function read(file: string): Promise<readonly Handled[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
  return lines.map((line) => {
    const [chat, number] = line.split(' ');
    return { chat: Number(chat), number: Number(number) };
  });
}

function isAll(sent: ReadonlyMap<number, number>, handled: readonly Handled[]): boolean {
  const distinct = new Set(handled.map(({ chat, number }) => `${chat} ${number}`));
  return distinct.size === total(sent);
}

function total(sent: ReadonlyMap<number, number>): number {
  return [...sent.values()].reduce((sum, count) => sum + count, 0);
}

/** What is handled for the first time is the next one of its chat. */
function judge(
  kills: number,
  sent: ReadonlyMap<number, number>,
  handled: readonly Handled[],
): ConsumersReport {
  const come = new Map<number, number>();
  const findings: string[] = [];
  let repeated = 0;
  for (const { chat, number } of handled) {
    const last = come.get(chat) ?? 0;
    if (number <= last) repeated += 1;
    else {
      if (number !== last + 1) findings.push(`chat ${chat}: ${number} was handled after ${last}`);
      come.set(chat, number);
    }
  }
  for (const [chat, count] of sent) {
    const last = come.get(chat) ?? 0;
    if (last < count) findings.push(`chat ${chat}: ${count - last} updates were not handled`);
  }
  return { updates: total(sent), kills, repeated, findings };
}
