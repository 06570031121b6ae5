/**
 * What strangers take from those that Hookpulse is for: genuine deliveries, an operator and the
 * process's memory, without and under each kind of attack, in one run.
 *
 * The product runs as `npm start` runs it, with 2,000 bots; each attack is a process of its own. Before
 * each there is a time without any, against which its deliveries are held.
 *
 *   node bench/strangers.ts [--rate 500] [--seconds 8] [--bots 2000] [--only <part of a name>] [--json]
 */
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HookpulseClient } from '../test/support/hookpulse-client.ts';
import { startHookpulse } from '../test/support/hookpulse-process.ts';
import { percentile } from './lib/answer-times.ts';
import { benchOptions, numberOption, orExit, UsageError } from './lib/bench-options.ts';
import { untilExit } from './lib/end-child.ts';
import { BENCH_BOT_ID, BENCH_SECRET } from './lib/ingest-protocol.ts';
import { ask } from './lib/next-message.ts';
import { usageOf } from './lib/process-usage.ts';
import { writeResult } from './lib/results.ts';
import { DELIVERY_TIMEOUT_MS, startDeliveries } from './lib/steady-deliveries.ts';
import {
  ATTACKS,
  type Attack,
  type StrangersOrder,
  type StrangersReport,
} from './lib/strangers-protocol.ts';

const options = benchOptions({
  rate: { type: 'string', default: '500' },
  seconds: { type: 'string', default: '8' },
  bots: { type: 'string', default: '2000' },
  only: { type: 'string', default: '' },
  json: { type: 'boolean', default: false },
});
const requestsPerSecond = numberOption('rate', options.rate);
const seconds = numberOption('seconds', options.seconds);
const botCount = numberOption('bots', options.bots);

const ADMIN_TOKEN = 'the-admin-token-of-this-benchmark';
const READ_TOKEN = 'the-read-token-of-this-benchmark';
const chosen = orExit(() => attacksNamed('--only', options.only));
const DELIVERIES_PER_SECOND = 200;
const OPERATOR_PAUSE_MS = 200;
const MEMORY_PAUSE_MS = 100;
/** What a question waits for, at most; a delivery that is not answered within the same time is lost. */
const PATIENCE_MS = DELIVERY_TIMEOUT_MS;
const BOTS_AT_ONCE = 20;

/** What was seen of what began in a span of time. */
interface Seen {
  readonly sinceMs: number;
  readonly deliveryMs: number[];
  lost: number;
  readonly operatorMs: number[];
  peakRssMiB: number;
}

interface Attacked {
  readonly name: Attack;
  /** Before it. */
  readonly quiet: Seen;
  readonly attacked: Seen;
  readonly report: StrangersReport | null;
  readonly growthMiB: number;
}

const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-strangers-'));
const hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn', ADMIN_TOKEN, READ_TOKEN });
try {
  const client = new HookpulseClient(hookpulse.urls, ADMIN_TOKEN);
  const reporter = await registerBots(client, botCount);
  let seen = newSeen();
  const spans = [seen];
  const deliveries = startDeliveries(hookpulse.urls.ingest, DELIVERIES_PER_SECOND, (answer) => {
    const span = spans.findLast(({ sinceMs }) => sinceMs <= answer.dueMs);
    if (answer.status === 200) span?.deliveryMs.push(answer.answeredMs - answer.dueMs);
    else if (span) span.lost += 1;
  });
  const closing = new AbortController();
  const watching = [watchOperator(closing.signal), watchMemory(closing.signal)];

  async function during(work: () => Promise<unknown>): Promise<Seen> {
    seen = newSeen();
    spans.push(seen);
    const now = seen;
    await work();
    return now;
  }

  // What is compiled, opened and cached once is no matter of strangers.
  await during(() => delay(10_000));
  const startRssMiB = (await usageOf(hookpulse.pid)).rssMiB;
  const attacks: Attacked[] = [];
  for (const name of chosen) {
    const quiet = await during(() => delay(seconds * 1_000));
    const before = (await usageOf(hookpulse.pid)).rssMiB;
    let report: StrangersReport | null = null;
    const attacked = await during(async () => {
      report = await attack(name, reporter);
    });
    attacks.push({ name, quiet, attacked, report, growthMiB: attacked.peakRssMiB - before });
    console.error(name, JSON.stringify(report));
  }
  closing.abort();
  await deliveries.stop();
  await Promise.all(watching);
  const figures: Record<string, string | number> = { startRssMiB };
  const all = { ratio: 0, growthMiB: 0, operatorMs: 0, lost: 0 };
  for (const { name, quiet, attacked, report, growthMiB } of attacks) {
    const [quietP99, p99] = [p99Of(quiet.deliveryMs), p99Of(attacked.deliveryMs)];
    const operatorMs = Math.round(Math.max(0, ...attacked.operatorMs));
    all.ratio = Math.max(all.ratio, p99 / quietP99);
    all.growthMiB = Math.max(all.growthMiB, attacked.peakRssMiB - startRssMiB);
    all.operatorMs = Math.max(all.operatorMs, operatorMs);
    all.lost += attacked.lost;
    figures[name] =
      `p99 ${quietP99} → ${p99} ms (p50 ${p50Of(quiet.deliveryMs)} → ${p50Of(attacked.deliveryMs)}), ` +
      `lost ${attacked.lost}, operator ≤ ${operatorMs} ms, +${growthMiB} MiB, ${JSON.stringify(report)}`;
  }
  writeResult(
    'strangers',
    {
      ...figures,
      worstP99Ratio: Math.round(all.ratio * 100) / 100,
      lostDeliveries: all.lost,
      slowestOperatorMs: all.operatorMs,
      growthMB: Math.round(all.growthMiB * 1.048576),
    },
    options,
  );

  async function watchOperator(signal: AbortSignal): Promise<void> {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    for (let n = 0; !signal.aborted; n += 1) {
      const now = seen;
      const path = n % 2 === 0 ? '/api/health/webhook/' : `/api/bots/${BENCH_BOT_ID}`;
      const startedMs = performance.now();
      const answer = await fetch(`${hookpulse.urls.queryApi}${path}`, {
        headers,
        signal: AbortSignal.timeout(PATIENCE_MS),
      }).catch(() => null);
      await answer?.arrayBuffer();
      now.operatorMs.push(answer?.status === 200 ? performance.now() - startedMs : PATIENCE_MS);
      await delay(OPERATOR_PAUSE_MS);
    }
  }

  async function watchMemory(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { rssMiB } = await usageOf(hookpulse.pid);
      seen.peakRssMiB = Math.max(seen.peakRssMiB, rssMiB);
      await delay(MEMORY_PAUSE_MS);
    }
  }
} finally {
  await hookpulse.stop('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}

/** @throws UsageError */
function attacksNamed(option: string, part: string): readonly Attack[] {
  const named = ATTACKS.filter((name) => name.includes(part));
  if (named.length > 0) return named;
  throw new UsageError(
    `${option} is "${part}". It must be a part of one of these names: ${ATTACKS.join('; ')}.`,
  );
}

async function attack(
  name: Attack,
  reporter: StrangersOrder['reporter'],
): Promise<StrangersReport> {
  const child = fork(join(import.meta.dirname, 'lib', 'strangers-load.ts'));
  const order: StrangersOrder = {
    attack: name,
    requestsPerSecond,
    seconds,
    ingestUrl: hookpulse.urls.ingest,
    queryApiUrl: hookpulse.urls.queryApi,
    botId: BENCH_BOT_ID,
    readToken: READ_TOKEN,
    reporter,
  };
  const report = await ask<StrangersReport>(child, order, `the attack "${name}"`);
  await untilExit(child);
  return report;
}

/** The bot of the deliveries, and others; one of these is the reporter. */
async function registerBots(
  client: HookpulseClient,
  count: number,
): Promise<StrangersOrder['reporter']> {
  await fetch(`${hookpulse.urls.queryApi}/api/bots`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ bot_id: BENCH_BOT_ID, name: 'Bench', webhook_secret: BENCH_SECRET }),
  });
  let made = 1;
  const make = async () => {
    while (made < count) await client.registerBot(`bot-${made++}`);
  };
  await Promise.all(Array.from({ length: BOTS_AT_ONCE }, make));
  const { botId, reportToken } = await client.registerBot('reporter');
  return { botId, reportToken };
}

function newSeen(): Seen {
  return { sinceMs: performance.now(), deliveryMs: [], lost: 0, operatorMs: [], peakRssMiB: 0 };
}

function p50Of(times: readonly number[]): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    0.5,
  );
}

function p99Of(times: readonly number[]): number {
  return percentile(
    times.toSorted((a, b) => a - b),
    0.99,
  );
}
