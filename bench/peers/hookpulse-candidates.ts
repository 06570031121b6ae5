/** Hookpulse's own candidates, and the bare Fastify that it is measured against. */
import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { HookpulseClient } from '../../test/support/hookpulse-client.ts';
import { startHookpulse } from '../../test/support/hookpulse-process.ts';
import { ServiceProcess } from '../../test/support/service-process.ts';
import { forkIngestServer } from '../lib/fork-ingest-server.ts';
import { BENCH_BOT_ID, BENCH_SECRET, type ServerKind } from '../lib/ingest-protocol.ts';
import { profileFlags } from '../lib/profile-flags.ts';
import type { BenchContext, Candidate, RunningCandidate } from './candidate.ts';
import { receivedOf } from './received.ts';

export const bareFastify: Candidate = {
  name: 'bare',
  title: 'bare Fastify, keeps nothing (ceiling)',
  role: 'ceiling',
  needs: [],
  start: (bench) => forkServer('bare', bench),
};

export const embeddedIngest: Candidate = {
  name: 'embedded',
  title: 'Hookpulse embedded, ingest alone',
  role: 'hookpulse',
  needs: [],
  start: (bench) => forkServer('ingest', bench),
};

export const kafkaIngest: Candidate = {
  name: 'hookpulse',
  title: 'Hookpulse on Kafka',
  role: 'hookpulse',
  needs: ['kafka'],
  start: (bench) => startKafkaIngest(bench),
};

export const wholeStart: Candidate = {
  name: 'whole',
  title: '`npm start` whole: folded, judged and stored meanwhile',
  role: 'hookpulse',
  needs: [],
  start: startWhole,
};

/** For what is left to count after a round at full speed. */
const SETTLE_TIMEOUT_MS = 120_000;

async function forkServer(kind: ServerKind, bench: BenchContext): Promise<RunningCandidate> {
  const { profileFolder } = bench;
  const { url, pid, stop } = await forkIngestServer(kind, { profileFolder });
  return {
    url,
    botId: BENCH_BOT_ID,
    secret: BENCH_SECRET,
    pid,
    enginePid: null,
    async stop() {
      const { updates, events } = await stop();
      return kind === 'bare' ? null : sameOfBoth(updates, events);
    },
  };
}

/** @param workers - processes that share the port */
export async function startKafkaIngest(
  bench: BenchContext,
  workers = 1,
): Promise<RunningCandidate> {
  const kafka = await bench.kafka();
  await kafka.registerBot();
  const ingest = await ServiceProcess.create('ingest', {
    KAFKA_BROKERS: kafka.address,
    LOG_LEVEL: 'warn',
    ADMIN_TOKEN: BENCH_SECRET,
    DATA_DIR: bench.folder,
    INGEST_WORKERS: String(workers),
    NODE_OPTIONS: profileFlags(bench.profileFolder).join(' '),
  });
  ingest.start();
  await ingest.ready();
  return {
    url: ingest.url,
    botId: BENCH_BOT_ID,
    secret: BENCH_SECRET,
    pid: ingest.pid ?? Number.NaN,
    enginePid: kafka.pid,
    async stop() {
      await ingest.stop('SIGTERM');
      return sameOfBoth(
        await kafka.countRecords(UPDATES_TOPIC),
        await kafka.countRecords(EVENTS_TOPIC),
      );
    },
  };
}

async function startWhole(bench: BenchContext): Promise<RunningCandidate> {
  const dataDir = await mkdtemp(join(bench.folder, 'whole-'));
  const hookpulse = await startHookpulse(dataDir, {
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: profileFlags(bench.profileFolder).join(' '),
  });
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  const client = new HookpulseClient(hookpulse.urls, adminToken);
  const { botId, secret } = await client.registerBot(BENCH_BOT_ID);
  const counted = async () => receivedOf(await client.botHealth(botId));
  return {
    url: hookpulse.urls.ingest,
    botId,
    secret,
    pid: hookpulse.pid,
    enginePid: null,
    settled: (answers200) =>
      until(
        'every delivery to be counted',
        async () => (await counted()) === answers200,
        SETTLE_TIMEOUT_MS,
      ).then(() => undefined),
    async stop() {
      const stored = await counted();
      await hookpulse.stop('SIGTERM');
      return stored;
    },
  };
}

/** Ingest writes an update and an event for each delivery. */
function sameOfBoth(updates: number, events: number): number {
  if (updates !== events) throw new Error(`${updates} updates, but ${events} events`);
  return updates;
}
