/**
 * How soon an update shows in the health answer after its 200, while 2,000 events a second come in.
 * The contract promises 2 s. A look begins every 20 ms, or when the one before is answered, so a figure may be
 * that much too large. The events come in as long as there are probes; their rate is measured, too.
 *
 *   node bench/visibility.ts [--probes 60] [--rate 2000] [--bots 1000] [--json]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { HookpulseClient } from '../test/support/hookpulse-client.ts';
import { startHookpulse } from '../test/support/hookpulse-process.ts';
import { rateWarning } from './lib/asked-rate.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  probes: { type: 'string', default: '60' },
  rate: { type: 'string', default: '2000' },
  bots: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
});
const probeCount = numberOption('probes', options.probes);
const eventsPerSecond = numberOption('rate', options.rate);
const botCount = numberOption('bots', options.bots);
const LOAD_INTERVAL_MS = 100;
const LOOK_INTERVAL_MS = 20;
/** Far more than is promised. */
const VISIBLE_LIMIT_MS = 30_000;
/** Not a divisor of the flush interval, so that probes meet every phase of it. */
const PROBE_INTERVAL_MS = 170;

const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-visibility-'));
const hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn' });
try {
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const client = new HookpulseClient(hookpulse.urls, adminToken);
  for (let n = 0; n < botCount; n += 1) await client.registerBot(`bot-${n}`);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  // One that fails ends both.
  const [visibleMs, reachedPerSecond] = await Promise.all([
    probe(client, stopped.signal).finally(stop),
    loadUntil(stopped.signal, client, adminToken).finally(stop),
  ]);
  const sorted = visibleMs.toSorted((a, b) => a - b);
  const rank = (p: number) => Math.round(sorted[Math.ceil(p * sorted.length) - 1] ?? Number.NaN);
  writeResult(
    'visibility',
    {
      probes: probeCount,
      eventsPerSecond,
      reachedEventsPerSecond: Math.round(reachedPerSecond),
      bots: botCount,
      p50Ms: rank(0.5),
      p95Ms: rank(0.95),
      maxMs: rank(1),
    },
    options,
  );
  const warning = rateWarning(eventsPerSecond, reachedPerSecond);
  if (warning) console.error(warning);
} finally {
  await hookpulse.stop('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}

/** One update after the other: from its 200 to the answer that counts it. */
async function probe(client: HookpulseClient, signal: AbortSignal): Promise<number[]> {
  const bot = await client.registerBot('probe');
  const progress = createProgress('probes', probeCount);
  const visibleMs: number[] = [];
  for (let n = 1; n <= probeCount && !signal.aborted; n += 1) {
    await delay(PROBE_INTERVAL_MS);
    const response = await client.deliver('probe', bot.secret, { update_id: n, message: {} });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    const acknowledgedMs = performance.now();
    visibleMs.push((await seenAt(client, n)) - acknowledgedMs);
    progress.advance(1);
  }
  progress.finish();
  return visibleMs;
}

/**
 * When the answer that counts so many updates was there, by `performance.now()`.
 * Not `until`: it pauses for longer when an answer takes long.
 */
async function seenAt(client: HookpulseClient, updates: number): Promise<number> {
  for (const startedMs = performance.now(); ; ) {
    const lookedMs = performance.now();
    if (lookedMs - startedMs > VISIBLE_LIMIT_MS) {
      throw new Error(`update ${updates} was not visible within ${VISIBLE_LIMIT_MS} ms`);
    }
    const { last_15_minutes } = await client.botHealth('probe');
    const nowMs = performance.now();
    if (last_15_minutes.requests_received === updates) return nowMs;
    await delay(Math.max(0, lookedMs + LOOK_INTERVAL_MS - nowMs));
  }
}

/** Resolves with the events a second that were acknowledged. */
async function loadUntil(
  signal: AbortSignal,
  client: HookpulseClient,
  adminToken: string,
): Promise<number> {
  const startedMs = performance.now();
  let dueMs = startedMs;
  let sent = 0;
  while (!signal.aborted) {
    dueMs = performance.now();
    const owed = ((dueMs - startedMs) / 1_000) * eventsPerSecond - sent;
    const count = Math.min(1_000, Math.floor(owed));
    if (count > 0) {
      const response = await client.report(adminToken, eventsFrom(sent, count));
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      await response.body?.cancel();
      sent += count;
    }
    await delay(LOAD_INTERVAL_MS);
  }
  // What became due since then was not sent because it is over, and not because it was late.
  return sent / ((dueMs - startedMs) / 1_000);
}

function eventsFrom(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return { bot_id: `bot-${n % botCount}`, event_type: 'processed', processing_time_ms: n % 997 };
  });
}
