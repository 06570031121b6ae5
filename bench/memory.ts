/**
 * Memory of `npm start`, chDB included, with 1,000 bots after 1,000,000 events.
 *
 * The product runs as its own process; the events come in by `POST /api/events`, a thousand at a
 * time, as fast as it takes them, and are waited for until the health answer counts them all.
 *
 *   node bench/memory.ts [--events 1000000] [--bots 1000] [--json]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { until } from '@hookpulse/common/testing/until';
import { HookpulseClient } from '../test/support/hookpulse-client.ts';
import { startHookpulse } from '../test/support/hookpulse-process.ts';
import { writeResult } from './lib/results.ts';

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    bots: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
});
const eventCount = Number(options.events);
const botCount = Number(options.bots);
const EVENTS_PER_REQUEST = 1_000;
const CONCURRENT_REQUESTS = 4;

const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-memory-'));
const hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn' });
try {
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const client = new HookpulseClient(hookpulse.urls, adminToken);
  const startRssMiB = (await memoryOf(hookpulse.pid)).rssMiB;
  for (let n = 0; n < botCount; n += 1) await client.registerBot(`bot-${n}`);
  const botsRssMiB = (await memoryOf(hookpulse.pid)).rssMiB;

  const startedMs = performance.now();
  await sendAll(client, adminToken);
  const sentSeconds = (performance.now() - startedMs) / 1_000;
  await until(
    'all events to be counted',
    async () => (await countedEvents(client)) >= eventCount / 2,
    600_000,
  );
  const countedSeconds = (performance.now() - startedMs) / 1_000;
  const { rssMiB, peakMiB } = await memoryOf(hookpulse.pid);
  writeResult(
    'memory',
    {
      bots: botCount,
      events: eventCount,
      startRssMiB,
      botsRssMiB,
      rssMiB,
      peakMiB,
      rssMB: Math.round(rssMiB * 1.048576),
      sentSeconds: Math.round(sentSeconds),
      countedSeconds: Math.round(countedSeconds),
    },
    options,
  );
} finally {
  await hookpulse.stop('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}

async function sendAll(client: HookpulseClient, adminToken: string): Promise<void> {
  const progress = createProgress('events', eventCount);
  let sent = 0;
  const worker = async () => {
    while (sent < eventCount) {
      const from = sent;
      sent += EVENTS_PER_REQUEST;
      const response = await client.report(adminToken, eventsFrom(from));
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      await response.body?.cancel();
      progress.advance(EVENTS_PER_REQUEST);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, worker));
  progress.finish();
}

/** Half received, half processed with a duration: so many events make half as many requests. */
function eventsFrom(from: number): object[] {
  return Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
    const n = from + index;
    const bot_id = `bot-${(n >> 1) % botCount}`;
    const update_id = n >> 1;
    return n % 2 === 0
      ? { bot_id, event_type: 'received', update_id, update_type: 'message' }
      : { bot_id, event_type: 'processed', update_id, processing_time_ms: 20 + (n % 997) / 7 };
  });
}

async function countedEvents(client: HookpulseClient): Promise<number> {
  return Number((await client.fleetHealth()).summary.total_events_last_15min);
}

/** Resident memory now and at its peak (Linux: `VmRSS` and `VmHWM` of `/proc/<pid>/status`). */
async function memoryOf(pid: number): Promise<{ rssMiB: number; peakMiB: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const mib = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1_024);
  return { rssMiB: mib('VmRSS'), peakMiB: mib('VmHWM') };
}
