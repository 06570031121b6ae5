/** Every candidate, in the order of the page: those that are compared take turns one after the other. */

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BENCH_BOT_ID, BENCH_SECRET } from '../lib/ingest-protocol.ts';
import type { BenchContext, Candidate, Need } from './candidate.ts';
import { bareFastify, embeddedIngest, kafkaIngest, wholeStart } from './hookpulse-candidates.ts';
import { startPostgres } from './postgres.ts';
import { buildGo, installDjango, installNode } from './programs.ts';
import { startPeerServer } from './server-process.ts';

/** Threads wait for PostgreSQL, so there are more of them than cores. */
const DJANGO_WORKERS = 2;
const DJANGO_THREADS = 8;

export const CANDIDATES: readonly Candidate[] = [
  onKafka('benthos', 'Benthos engine with a franz-go output', 'go', () => [buildGo('benthos')]),
  onKafka('go', 'Go `net/http` + franz-go', 'go', () => [buildGo('nethttp')]),
  kafkaIngest,
  onKafka('kafkajs', 'Fastify + kafkajs, one send a request', 'npm', () => nodePeer('kafkajs.mjs')),
  onKafka('platformatic', 'Fastify + @platformatic/kafka, one send a request', 'npm', () =>
    nodePeer('platformatic-kafka.mjs'),
  ),
  {
    name: 'django',
    title: 'Django + PostgreSQL, a row a request',
    role: 'peer',
    needs: ['python', 'postgres'],
    start: startDjango,
  },
  bareFastify,
  embeddedIngest,
  {
    name: 'sqlite',
    title: 'Fastify + `node:sqlite`, a transaction a request',
    role: 'peer',
    needs: ['npm'],
    start: startSqlite,
  },
  wholeStart,
];

/** A server that puts each update on a topic of its own. */
function onKafka(
  name: string,
  title: string,
  need: Need,
  command: () => readonly [string, ...string[]],
): Candidate {
  return {
    name,
    title,
    role: 'peer',
    needs: [need, 'kafka'],
    async start(bench) {
      bench.note(`${title}: building or installing`);
      const program = command();
      const kafka = await bench.kafka();
      const topic = `bench.${name}`;
      await kafka.createTopic(topic);
      const server = await startPeerServer(bench, {
        name,
        command: () => program,
        env: () => ({ KAFKA_BROKER: kafka.address, TOPIC: topic }),
      });
      return {
        ...server,
        botId: BENCH_BOT_ID,
        secret: BENCH_SECRET,
        enginePid: kafka.pid,
        async stop() {
          await server.close();
          return kafka.countRecords(topic);
        },
      };
    },
  };
}

function nodePeer(file: string): readonly [string, ...string[]] {
  return [process.execPath, '--disable-warning=ExperimentalWarning', join(installNode(), file)];
}

async function startSqlite(bench: BenchContext) {
  bench.note('Fastify + node:sqlite: installing');
  const command = nodePeer('sqlite.mjs');
  const file = (folder: string) => join(folder, 'updates.db');
  const server = await startPeerServer(bench, {
    name: 'sqlite',
    command: () => command,
    env: (folder) => ({ DATABASE: file(folder) }),
  });
  return {
    ...server,
    botId: BENCH_BOT_ID,
    secret: BENCH_SECRET,
    enginePid: null,
    async stop() {
      const database = new DatabaseSync(file(server.folder), { readOnly: true });
      const row = database.prepare('SELECT count(*) AS count FROM updates').get();
      database.close();
      await server.close();
      return Number(row?.count);
    },
  };
}

async function startDjango(bench: BenchContext) {
  bench.note('Django: installing, and starting PostgreSQL');
  const folder = installDjango();
  const postgres = await startPostgres();
  const server = await startPeerServer(bench, {
    name: 'django',
    command: (port) => [
      ...([
        'sh',
        '-c',
        'cd "$0" && venv/bin/python peer.py && exec venv/bin/gunicorn "$@"',
      ] as const),
      ...[folder, '--bind', `127.0.0.1:${port}`, '--workers', `${DJANGO_WORKERS}`],
      ...['--threads', `${DJANGO_THREADS}`, '--keep-alive', '60', 'peer:application'],
    ],
    env: () => ({
      POSTGRES_HOST: postgres.host,
      POSTGRES_USER: postgres.user,
    }),
  });
  return {
    ...server,
    botId: BENCH_BOT_ID,
    secret: BENCH_SECRET,
    enginePid: postgres.pid,
    async stop() {
      const stored = Number(postgres.ask('SELECT count(*) FROM updates'));
      await server.close();
      await postgres.close();
      return stored;
    },
  };
}
