/**
 * `npm run demo`: Hookpulse with a living fleet of two dozen bots, worth looking at within a minute.
 *
 * The last day of the fleet's past, its bots and its alerts are put on the log before anything runs; then
 * everything is started as `npm start` does, and folds it. Live traffic goes on from there, while the days
 * before are reported through ingest. Nothing of it leaves the machine, and nothing touches other data.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { QueryApi } from '@hookpulse/cli/api/query-api';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { DAY_MS, MINUTE_MS } from '@hookpulse/common/values/durations';
import { readConfig } from '@hookpulse/service-kit/process/env';
import { banner } from './demo/banner.ts';
import { demoBots } from './demo/demo-bots.ts';
import { folderBytes, prepareDemoFolder } from './demo/demo-folder.ts';
import { FLEET, INCIDENT_MINUTE } from './demo/fleet.ts';
import { demoEnvironment, startDemoHookpulse } from './demo/hookpulse-process.ts';
import { startLiveTraffic } from './demo/live-traffic.ts';
import { firingAlerts, noteDeployment, silenceKnown, untilCounted } from './demo/look.ts';
import { hoursToReport, reportPast } from './demo/report-past.ts';
import { type PastSpan, seedLog } from './demo/seed-log.ts';
import { parseOptions } from './parse-options.ts';

const USAGE = `npm run demo [-- options]
  --days <n>           days of history, 1 to 7 (default: 7)
  --data-dir <folder>  emptied at every start (default: ./data-demo)`;

/** Raw events are kept for 7 days: the oldest ones may still be reported a while later. */
const PAST_MARGIN_MS = 3_600_000;
const options = parseOptions(USAGE, {
  days: { type: 'string', default: '7' },
  'data-dir': { type: 'string', default: 'data-demo' },
});

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
try {
  const days = daysOf(options.days);
  const folder = prepareDemoFolder(options['data-dir']);
  await runDemo(folder, days, interrupted.signal).catch(unlessInterrupted);
  const megabytes = Math.round(folderBytes(folder) / 1e6);
  console.log(
    `\nEverything has stopped. ${folder} is kept (${megabytes} MB); the next demo empties it.`,
  );
} catch (error) {
  console.error(red(`✗ ${error instanceof Error ? error.message : String(error)}`));
  process.exitCode = 1;
}

/** Whoever stops it at any moment gets it stopped, and no complaint about what was under way. */
function unlessInterrupted(error: unknown): void {
  if (!interrupted.signal.aborted) throw error;
}

/** Resolves when it was interrupted and everything is stopped. */
async function runDemo(folder: string, days: number, signal: AbortSignal): Promise<void> {
  const startMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  const span = pastOf(startMs, days);
  const bots = demoBots(FLEET, startMs);
  const env = await demoEnvironment(folder);
  const config = readConfig(env);
  const { ports } = config.http;
  const ingest = `http://127.0.0.1:${ports.ingest}`;
  const queryApi = `http://127.0.0.1:${ports.queryApi}`;
  say('Creating the history of the fleet …');
  const deliveries = await seedLog(config, bots, span, signal);
  if (signal.aborted) return;
  say('Starting Hookpulse …');
  const hookpulse = await startDemoHookpulse(folder, env, [ingest, queryApi]);
  const traffic = startLiveTraffic(bots, ingest, startMs);
  try {
    await Promise.race([hookpulse.ended, abortOf(signal), live()]);
  } finally {
    if (signal.aborted) say('\nStopping …');
    await traffic.stop();
    await hookpulse.stop();
  }

  /** Ends only by being interrupted. */
  async function live(): Promise<void> {
    const adminToken = readFileSync(join(folder, 'admin-token'), 'utf8').trim();
    const api = new QueryApi({ origin: queryApi, token: adminToken });
    await silenceKnown(api);
    await noteDeployment(api, startMs + INCIDENT_MINUTE * MINUTE_MS);
    await untilCounted(api, span.eventsFromMs, deliveries, signal);
    const firing = await firingAlerts(api);
    const shown = { dashboard: `${queryApi}/`, ingest, adminToken, folder };
    console.log(banner({ ...shown, bots: bots.length, firing }));
    const progress = createProgress('hours of history', hoursToReport({ bots, span }), {
      rate: false,
    });
    const onHour = () => progress.advance(1);
    await reportPast({ ingest, adminToken, bots, span, onHour, signal });
    progress.finish();
    await abortOf(signal);
  }
}

function pastOf(startMs: number, days: number): PastSpan {
  const daysAgo = (count: number) => startMs - count * DAY_MS + PAST_MARGIN_MS;
  return { fromMs: daysAgo(days), eventsFromMs: daysAgo(1), startMs };
}

function daysOf(text: string): number {
  const days = Number(text);
  if (/^[1-7]$/.test(text)) return days;
  throw new Error(`--days must be a whole number from 1 to 7, not ${text}`);
}

async function abortOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** Beside what was asked for, as progress is. */
function say(text: string): void {
  console.error(styleText('dim', text, { stream: process.stderr }));
}

function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
