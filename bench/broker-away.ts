/**
 * What ingest does while its Kafka broker is away: how late the worst 503 comes, what memory it takes,
 * and how soon it serves again once the broker is back. The goals are 2 s, a bound, and 5 s. What has
 * a bound is no larger in the second half of the absence than in the first.
 *
 *   node bench/broker-away.ts [--seconds 15] [--rate 2000] [--json]
 *
 * The broker is away in three ways, one after the other: its process killed, its process frozen, and
 * its port refusing connections. Every update that was answered 200 must be on the log in the end, with its
 * event: otherwise the benchmark fails.
 */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { freePort } from '../test/kafka-broker/free-port.ts';
import { type LocalBroker, startLocalBroker } from '../test/kafka-broker/local-broker.ts';
import { startTcpProxy, type TcpProxy } from '../test/support/tcp-proxy.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import type { KafkaIngestReport } from './lib/kafka-ingest-server.ts';
import { nextMessage } from './lib/next-message.ts';
import { writeResult } from './lib/results.ts';
import { type DeliveryAnswer, startDeliveries } from './lib/steady-deliveries.ts';

const options = benchOptions({
  seconds: { type: 'string', default: '15' },
  rate: { type: 'string', default: '2000' },
  json: { type: 'boolean', default: false },
});
const secondsAway = numberOption('seconds', options.seconds);
const perSecond = numberOption('rate', options.rate);
/** For connections, compiled code and buffers to be there before memory is compared. */
const WARM_UP_SECONDS = 8;
/** Far more than the goal; when it is over, nothing came back. */
const RETURN_LIMIT_SECONDS = 60;
const SERVER = join(import.meta.dirname, 'lib', 'kafka-ingest-server.ts');
const MIB = 2 ** 20;

interface Engines {
  readonly broker: LocalBroker;
  readonly proxy: TcpProxy;
}

/** How the broker goes away, and comes back. */
interface Absence {
  readonly name: string;
  begin(engines: Engines): Promise<void>;
  /** Resolves when the broker is there again. */
  end(engines: Engines): Promise<void>;
}

const ABSENCES: readonly Absence[] = [
  {
    name: 'killed',
    begin: ({ broker }) => broker.kill(),
    end: ({ broker }) => broker.restart(),
  },
  {
    name: 'frozen',
    begin: ({ broker }) => broker.freeze(),
    end: ({ broker }) => broker.thaw(),
  },
  {
    name: 'refused',
    async begin({ proxy }) {
      await proxy.refuse();
      proxy.cutConnections();
    },
    end: ({ proxy }) => proxy.accept(),
  },
];

const progress = createProgress('absences', ABSENCES.length);
const figures: Record<string, number> = { seconds: secondsAway, perSecond };
for (const absence of ABSENCES) {
  for (const [name, figure] of Object.entries(await measure(absence))) {
    figures[`${absence.name} ${name}`] = figure;
  }
  progress.advance(1);
}
progress.finish();
writeResult('broker-away', figures, options);
if (ABSENCES.some(({ name }) => figures[`${name} lost200`] !== 0)) process.exitCode = 1;

/** A broker and an ingest of their own for each, so that none inherits anything. */
async function measure(absence: Absence): Promise<Record<string, number>> {
  const port = await freePort();
  const proxy = await startTcpProxy(`127.0.0.1:${port}`);
  const broker = await startLocalBroker({ port, advertisedPort: proxy.port });
  const ingest = await startIngest(proxy.address);
  try {
    const answers: DeliveryAnswer[] = [];
    const deliveries = startDeliveries(ingest.url, perSecond, (answer) => answers.push(answer));
    await delay(WARM_UP_SECONDS * 1_000);
    const before = ingest.takePeak();
    const awayMs = performance.now();
    await absence.begin({ broker, proxy });
    await delay((secondsAway * 1_000) / 2);
    const firstHalf = ingest.takePeak();
    await delay((secondsAway * 1_000) / 2);
    const secondHalf = ingest.takePeak();
    await absence.end({ broker, proxy });
    const backMs = performance.now();
    const first = await firstAccepted(answers, backMs);
    await deliveries.stop();
    const refused = answers.filter(({ status }) => status === 503);
    const lateMs = refused.map(({ dueMs, answeredMs }) => answeredMs - dueMs);
    return {
      answers503: refused.length,
      worst503Ms: Math.round(lateMs.reduce((worst, one) => Math.max(worst, one), 0)),
      without503or200: answers.filter(({ status }) => status !== 503 && status !== 200).length,
      withoutRetryAfter: refused.filter(({ hasRetryAfter }) => !hasRetryAfter).length,
      accepted200WhileAway: answers.filter(
        ({ status, dueMs }) => status === 200 && dueMs > awayMs && dueMs < backMs - 1_000,
      ).length,
      heapBeforeMiB: Math.round(before.heapBytes / MIB),
      heapFirstHalfMiB: Math.round(firstHalf.heapBytes / MIB),
      heapSecondHalfMiB: Math.round(secondHalf.heapBytes / MIB),
      residentBeforeMiB: Math.round(before.residentBytes / MIB),
      residentFirstHalfMiB: Math.round(firstHalf.residentBytes / MIB),
      residentSecondHalfMiB: Math.round(secondHalf.residentBytes / MIB),
      first200AfterReturnMs: Math.round(first.answeredMs - backMs),
      answers200: answers.filter(({ status }) => status === 200).length,
      lost200: await countLost(broker, answers),
      connectionsLeft: proxy.connections,
    };
  } finally {
    ingest.process.kill('SIGKILL');
    await proxy.close();
    await broker.close();
  }
}

async function startIngest(brokerAddress: string) {
  const process = fork(SERVER, [brokerAddress]);
  let peak = { heapBytes: 0, residentBytes: 0 };
  const started = await nextMessage<KafkaIngestReport>(process, 'ingest');
  if (started.kind !== 'listening') throw new Error('ingest did not start');
  process.on('message', (report: KafkaIngestReport) => {
    if (report.kind !== 'memory') return;
    peak = {
      heapBytes: Math.max(peak.heapBytes, report.heapBytes),
      residentBytes: Math.max(peak.residentBytes, report.residentBytes),
    };
  });
  return {
    process,
    url: started.url,
    /** The highest figures since the last call. */
    takePeak() {
      const taken = peak;
      peak = { heapBytes: 0, residentBytes: 0 };
      return taken;
    },
  };
}

/** The first answer 200 that came after the broker's return. */
async function firstAccepted(
  answers: readonly DeliveryAnswer[],
  backMs: number,
): Promise<DeliveryAnswer> {
  const isAccepted = (one: DeliveryAnswer) => one.status === 200 && one.answeredMs > backMs;
  while (performance.now() < backMs + RETURN_LIMIT_SECONDS * 1_000) {
    const first = answers.find(isAccepted);
    if (first) return first;
    await delay(10);
  }
  throw new Error(`No delivery was accepted within ${RETURN_LIMIT_SECONDS} s of the return`);
}

/** How many of the updates that were answered 200 are not on the log, or have no event there. */
async function countLost(broker: LocalBroker, answers: readonly DeliveryAnswer[]): Promise<number> {
  const settings = { brokers: [broker.address], ssl: false, sasl: null, clientId: 'bench-count' };
  const log = await openKafkaEventLog(settings, createLogger('bench', 'fatal'));
  const updates = await idsOn(log, UPDATES_TOPIC, (record) => record.update.update_id);
  const events = await idsOn(log, EVENTS_TOPIC, (record) => record.update_id);
  await log.close();
  const isLost = ({ status, updateId }: DeliveryAnswer) =>
    status === 200 && !(updates.has(updateId) && events.has(updateId));
  return answers.filter(isLost).length;
}

interface LoggedRecord {
  readonly update_id: number;
  readonly update: { readonly update_id: number };
}

async function idsOn(
  log: EventLog,
  topic: string,
  idOf: (record: LoggedRecord) => number,
): Promise<ReadonlySet<number>> {
  const ids = new Set<number>();
  const follower = await log.follow({
    topic,
    onMessage: ({ value }) => {
      ids.add(idOf(JSON.parse(Buffer.from(value ?? []).toString())));
    },
  });
  await follower.caughtUp;
  await follower.close();
  return ids;
}
