/**
 * From the event that crosses a line to the mail in a real SMTP server, while other traffic goes on:
 * broker, store and services as processes of their own, an SMTP server on loopback in this one.
 *
 *   node bench/alert-latency.ts [--samples 100] [--rate 2000] [--bots 1000] [--json]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { until } from '@hookpulse/common/testing/until';
import { startCluster } from '../test/support/cluster.ts';
import { HookpulseClient } from '../test/support/hookpulse-client.ts';
import { startTestSmtpServer } from '../test/support/smtp-server.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';
import { startSteadyLoad } from './lib/steady-load.ts';

const options = benchOptions({
  samples: { type: 'string', default: '100' },
  rate: { type: 'string', default: '2000' },
  bots: { type: 'string', default: '1000' },
  json: { type: 'boolean', default: false },
});
const eventsPerSecond = numberOption('rate', options.rate);
const bots = numberOption('bots', options.bots);
const samples = numberOption('samples', options.samples);
/** Slower than ten alerts in half a minute, which would be one outage, gathered into one mail. */
const SAMPLE_INTERVAL_MS = 3_700;
/** The error-rate rule needs more events than this: one more crosses the line. */
const MIN_EVENTS = 10;
const WARM_UP_MS = 10_000;
const GOAL_MS = 5_000;

const smtp = await startTestSmtpServer();
const cluster = await startCluster({
  env: { SMTP_URL: smtp.url, ADMIN_EMAIL: 'ops@example.com' },
});
try {
  const urls = {
    ingest: cluster.ingests[0]?.url ?? '',
    queryApi: cluster.queryApi.url,
    aggregator: '',
    alerter: '',
    forwarder: '',
  };
  const client = new HookpulseClient(urls, cluster.adminToken);
  const victims: string[] = [];
  for (let n = 0; n < samples; n += 1) {
    victims.push((await client.registerBot(`victim-${n}-`)).botId);
  }
  const load = await startSteadyLoad({
    ingestUrls: cluster.ingests.map(({ url }) => url),
    queryApiUrl: cluster.queryApi.url,
    adminToken: cluster.adminToken,
    eventsPerSecond,
    bots,
  });
  await delay(WARM_UP_MS);
  const progress = createProgress('alerts', samples);
  const crossedMs = new Map<string, number>();
  for (const botId of victims) {
    await report(client, botId, MIN_EVENTS);
    crossedMs.set(botId, Date.now());
    await report(client, botId, 1);
    progress.advance(1);
    await delay(SAMPLE_INTERVAL_MS);
  }
  await until('every alert to be mailed', () => victims.every((botId) => mailOf(botId)), 120_000);
  progress.finish();
  const rate = load.acknowledged;
  await load.stopTraffic();
  await load.close();
  const latencies = victims
    .map((botId) => (mailOf(botId)?.receivedAtMs ?? 0) - (crossedMs.get(botId) ?? 0))
    .toSorted((a, b) => a - b);
  writeResult(
    'alert-latency',
    {
      samples,
      eventsPerSecond,
      bots,
      acknowledgedEvents: rate,
      p50Ms: percentile(latencies, 0.5),
      p99Ms: percentile(latencies, 0.99),
      maxMs: latencies.at(-1) ?? null,
      goalMs: GOAL_MS,
      mails: smtp.mails.length,
    },
    options,
  );
} finally {
  await cluster.close();
  await smtp.close();
}

async function report(client: HookpulseClient, botId: string, errors: number): Promise<void> {
  const event = { bot_id: botId, event_type: 'error', error_type: 'ValueError' };
  const answer = await client.report(cluster.adminToken, Array(errors).fill(event));
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  await answer.body?.cancel();
}

function mailOf(botId: string) {
  return smtp.mails.find(({ parsed }) => parsed.text?.includes(botId));
}

/** Nearest rank. */
function percentile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? null;
}
