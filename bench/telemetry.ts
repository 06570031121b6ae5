/**
 * How many deliveries ingest acknowledges per second with everything on (metrics by bot, scraped every
 * second; traces by OTLP; Sentry), as a share of what it does with all of it off.
 *
 * The two servers and the load run in processes of their own; rounds alternate and are short, so that
 * whatever else the machine does meets both. A ratio is that of one pair of rounds.
 *
 *   node bench/telemetry.ts [--rounds 15] [--requests 10000] [--connections 100] [--share 0.1] [--json]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { LoadReport, ServerReport } from './lib/ingest-protocol.ts';
import { writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    requests: { type: 'string', default: '10000' },
    connections: { type: 'string', default: '100' },
    /** Of deliveries that are traced. */
    share: { type: 'string', default: '0.1' },
    json: { type: 'boolean', default: false },
  },
});

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
  off: await startServer({}),
  on: await startServer({
    METRICS_BY_BOT: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${origin}`,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: options.share,
    SENTRY_DSN: `http://key@${origin}/1`,
    SENTRY_BOT_ERRORS: 'true',
  }),
};
const scraping = setInterval(() => void scrape(), SCRAPE_INTERVAL_MS);
const sent = { off: 0, on: 0 };
await runPair(); // both compile their hot path
const rounds: Record<Kind, LoadReport>[] = [];
for (let n = 0; n < Number(options.rounds); n += 1) rounds.push(await runPair());
clearInterval(scraping);
for (const { child } of Object.values(servers)) {
  child.send('stop');
  await once(child, 'exit');
}
receiver.close();
report();

async function runPair(): Promise<Record<Kind, LoadReport>> {
  return { off: await runRound('off'), on: await runRound('on') };
}

async function runRound(kind: Kind): Promise<LoadReport> {
  const load = fork(join(import.meta.dirname, 'lib/ingest-load.ts'));
  load.send({
    url: servers[kind].url,
    requests: Number(options.requests),
    connections: Number(options.connections),
    firstUpdateId: sent[kind] + 1,
  });
  const [result] = (await once(load, 'message')) as [LoadReport];
  sent[kind] += result.answers200 + result.failures;
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`);
  return result;
}

async function startServer(env: Readonly<Record<string, string>>) {
  const file = join(import.meta.dirname, 'lib/ingest-server.ts');
  const child: ChildProcess = fork(file, ['ingest'], { env: { ...process.env, ...env } });
  const [started] = (await once(child, 'message')) as [ServerReport];
  if (started.kind !== 'listening') throw new Error('ingest did not start');
  return { child, url: started.url };
}

async function scrape(): Promise<void> {
  const headers = { accept: 'application/openmetrics-text' };
  await (await fetch(`${new URL(servers.on.url).origin}/metrics`, { headers })).text();
}

function report(): void {
  const rate = ({ answers200, seconds }: LoadReport) => answers200 / seconds;
  const ratio = spreadOf(rounds.map(({ off, on }) => rate(on) / rate(off)));
  const rounded = (value: number) => Math.round(value * 1_000) / 1_000;
  const figures = {
    rounds: rounds.length,
    tracedShare: Number(options.share),
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
