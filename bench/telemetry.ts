/**
 * How many deliveries ingest acknowledges per second with everything on (metrics by bot, scraped every
 * second; traces by OTLP; Sentry), as a share of what it does with all of it off.
 *
 * The two servers and the load run in processes of their own; rounds alternate and are short, so that
 * whatever else the machine does meets both. A ratio is that of one pair of rounds.
 *
 *   node bench/telemetry.ts [--rounds 15] [--requests 10000] [--connections 100] [--share 0.1] [--json]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { benchOptions, numberOption, orExit, UsageError } from './lib/bench-options.ts';
import { forkIngestServer } from './lib/fork-ingest-server.ts';
import type { LoadOrder, LoadReport } from './lib/ingest-protocol.ts';
import { ask } from './lib/next-message.ts';
import { writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';

const options = benchOptions({
  rounds: { type: 'string', default: '15' },
  requests: { type: 'string', default: '10000' },
  connections: { type: 'string', default: '100' },
  /** Of deliveries that are traced. */
  share: { type: 'string', default: '0.1' },
  json: { type: 'boolean', default: false },
});
const tracedShare = orExit(() => shareOf('--share', options.share));
const roundCount = numberOption('rounds', options.rounds);
const requests = numberOption('requests', options.requests);
const connections = numberOption('connections', options.connections);

/** The share of its speed that ingest must keep. */
const REQUIRED_RATIO = 0.9;
const SCRAPE_INTERVAL_MS = 1_000;

type Kind = 'off' | 'on';

const received = { requests: 0, bytes: 0 };
const receiver = createServer((request, response) => {
  received.requests += 1;
  request.on('data', (chunk: Buffer) => {
    received.bytes += chunk.length;
  });
  request.on('end', () => response.end('{}'));
});
receiver.listen(0, '127.0.0.1');
await once(receiver, 'listening');
const origin = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;

const servers = {
  off: await forkIngestServer('ingest'),
  on: await forkIngestServer('ingest', {
    env: {
      METRICS_BY_BOT: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${origin}`,
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: options.share,
      SENTRY_DSN: `http://key@${origin}/1`,
      SENTRY_BOT_ERRORS: 'true',
    },
  }),
};
const scraping = setInterval(() => void scrape(), SCRAPE_INTERVAL_MS);
const sent = { off: 0, on: 0 };
await runPair(); // both compile their hot path
const rounds: Record<Kind, LoadReport>[] = [];
for (let n = 0; n < roundCount; n += 1) rounds.push(await runPair());
clearInterval(scraping);
for (const server of Object.values(servers)) await server.stop();
receiver.close();
report();

async function runPair(): Promise<Record<Kind, LoadReport>> {
  return { off: await runRound('off'), on: await runRound('on') };
}

async function runRound(kind: Kind): Promise<LoadReport> {
  const load = fork(join(import.meta.dirname, 'lib/ingest-load.ts'));
  const order: LoadOrder = {
    url: servers[kind].url,
    requests,
    connections,
    firstUpdateId: sent[kind] + 1,
  };
  const result = await ask<LoadReport>(load, order, 'the load generator');
  sent[kind] += result.answers200 + result.failures;
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
  return result;
}

async function scrape(): Promise<void> {
  const headers = { accept: 'application/openmetrics-text' };
  await (await fetch(`${new URL(servers.on.url).origin}/metrics`, { headers })).text();
}

/** @throws UsageError */
function shareOf(option: string, text: string): number {
  const share = Number(text || Number.NaN);
  if (share >= 0 && share <= 1) return share;
  throw new UsageError(`${option} is "${text}". It must be a number from 0 to 1.`);
}

function report(): void {
  const rate = ({ answers200, seconds }: LoadReport) => answers200 / seconds;
  const ratio = spreadOf(rounds.map(({ off, on }) => rate(on) / rate(off)));
  const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
  const figures = {
    rounds: rounds.length,
    tracedShare,
    offRequestsPerSecond: Math.round(spreadOf(rounds.map(({ off }) => rate(off))).median),
    onRequestsPerSecond: Math.round(spreadOf(rounds.map(({ on }) => rate(on))).median),
    ratio: rounded(ratio.median),
    ratioLowest: rounded(ratio.lowest),
    ratioHighest: rounded(ratio.highest),
    requiredRatio: REQUIRED_RATIO,
    reached: ratio.median >= REQUIRED_RATIO,
    exports: received.requests,
    exportedBytes: received.bytes,
  };
  writeResult('telemetry', figures, { json: options.json });
  if (!figures.reached) process.exitCode = 1;
}
