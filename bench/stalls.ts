/**
 * What stalls leave behind: full collections and CPU of each service for the same traffic before and after
 * six freezes of all services, and after six of the broker; with the heap sizes of the table and with
 * others. The embedded start is measured beside them, frozen as a whole.
 *
 *   node bench/stalls.ts [--semi 0,table,4,8] [--deliveries 20000] [--only services|embedded] [--json]
 *
 * `table` stands for scripts/launch.mjs, a number for the MiB of a semi-space of every service; 0 is V8's own.
 * Traffic comes at 500 updates a second; in a freeze arrives what they send in 2.5 s. Collections are
 * counted over the same number of requests, so a busy machine leaves the counts as they are. Each must be
 * acknowledged, but for those of a freeze, which may also be refused by 503: otherwise the benchmark fails.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { runOpenLoop } from '@hookpulse/traffic/open-loop';
import { postJson } from '@hookpulse/traffic/post-json';
import { sampleUpdate } from '@hookpulse/traffic/updates';
import { startLocalClickHouse } from '../test/clickhouse-server/local-server.ts';
import { startLocalBroker } from '../test/kafka-broker/local-broker.ts';
import { startHookpulse } from '../test/support/hookpulse-process.ts';
import { type ServiceName, ServiceProcess } from '../test/support/service-process.ts';
import { benchOptions, numberOption, orExit, UsageError } from './lib/bench-options.ts';
import { BENCH_BOT_ID, BENCH_SECRET } from './lib/ingest-protocol.ts';
import { usageOf } from './lib/process-usage.ts';
import { type Figures, writeResult } from './lib/results.ts';

const options = benchOptions({
  semi: { type: 'string', default: '0,table' },
  deliveries: { type: 'string', default: '20000' },
  only: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const deliveriesPerPhase = numberOption('deliveries', options.deliveries);
const allSizes = options.semi.split(',');
for (const sizes of allSizes) if (sizes !== 'table') numberOption('semi', sizes, 0);
orExit(() => {
  if (options.only === undefined || ['services', 'embedded'].includes(options.only)) return;
  throw new UsageError(`--only is "${options.only}". It must be services or embedded.`);
});
const FREEZES = 6;
const DELIVERIES_PER_FREEZE = 1_250;
const FREEZE_MS = 2_500;
/** Before anything is counted: code is compiled, connections are there. */
const WARM_UP_DELIVERIES = 2_000;
/** Of so many deliveries one comes with a report of as many events, and one with a look at health. */
const DELIVERIES_PER_REPORT = 25;
/** 500 a second. */
const DELIVERY_INTERVAL_MS = 2;
const READY_TIMEOUT_MS = 300_000;
const SERVICES = ['ingest', 'aggregator', 'alerter', 'query-api'] as const satisfies ServiceName[];
const ADMIN_TOKEN = 'bench-admin-token-of-stalls';
const MIB = 2 ** 20;

/** A process that is measured. */
interface Subject {
  readonly name: string;
  readonly url: string;
  readonly pid: number;
}

interface Usage {
  readonly full: number;
  readonly young: number;
  readonly cpuSeconds: number;
  readonly rssMiB: number;
  readonly heapMiB: number;
}

const figures: Record<string, string | number> = { deliveriesPerPhase };
for (const sizes of allSizes) {
  if (options.only !== 'embedded') Object.assign(figures, await measureServices(sizes));
  if (options.only !== 'services') Object.assign(figures, await measureEmbedded(sizes));
}
writeResult('stalls', figures, options);

/** NODE_OPTIONS goes before the table. */
function environment(sizes: string): Readonly<Record<string, string>> {
  const nodeOptions = `--max-semi-space-size=${sizes}${sizes === '0' ? ' --max-old-space-size=0' : ''}`;
  return {
    LOG_LEVEL: 'error',
    ADMIN_TOKEN,
    ...(sizes !== 'table' && { NODE_OPTIONS: nodeOptions }),
  };
}

async function measureServices(sizes: string): Promise<Figures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-stalls-'));
  const [broker, clickhouse] = await Promise.all([startLocalBroker(), startLocalClickHouse()]);
  const env = {
    ...environment(sizes),
    KAFKA_BROKERS: broker.address,
    CLICKHOUSE_URL: clickhouse.url,
    DATA_DIR: dataDir,
  };
  const services = await Promise.all(SERVICES.map((name) => ServiceProcess.create(name, env)));
  try {
    for (const service of services) service.start();
    await Promise.all(services.map((service) => service.ready(READY_TIMEOUT_MS)));
    const [ingest, , , queryApi] = services;
    const traffic = await startTraffic(ingest?.url ?? '', queryApi?.url ?? '');
    const subjects = services.map(({ name, url, pid }) => ({ name, url, pid: pid ?? 0 }));
    const measured = await measurePhases(sizes, subjects, traffic, {
      services: freezing(subjects.map(({ pid }) => pid)),
      broker: { freeze: () => broker.freeze(), thaw: () => broker.thaw() },
    });
    traffic.close();
    for (const { crashes } of services) if (crashes.length > 0) console.error(...crashes);
    return measured;
  } finally {
    await Promise.all(services.map((service) => service.stop('SIGKILL')));
    await clickhouse.close();
    await broker.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureEmbedded(sizes: string): Promise<Figures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-stalls-'));
  const hookpulse = await startHookpulse(dataDir, environment(sizes));
  try {
    const traffic = await startTraffic(hookpulse.urls.ingest, hookpulse.urls.queryApi);
    const subject = { name: 'embedded', url: hookpulse.urls.ingest, pid: hookpulse.pid };
    const measured = await measurePhases(sizes, [subject], traffic, {
      services: freezing([hookpulse.pid]),
    });
    traffic.close();
    return measured;
  } finally {
    await hookpulse.stop('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  }
}

interface Freezing {
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

function freezing(pids: readonly number[]): Freezing {
  const signal = async (name: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, name);
  };
  return { freeze: () => signal('SIGSTOP'), thaw: () => signal('SIGCONT') };
}

/** Usage in a phase without stalls, and in the phases after the stalls of each thing that is frozen. */
async function measurePhases(
  sizes: string,
  subjects: readonly Subject[],
  traffic: Traffic,
  frozen: Readonly<Record<string, Freezing>>,
): Promise<Figures> {
  await traffic.drive(WARM_UP_DELIVERIES);
  // A frozen process takes no new connections: they are there before.
  await traffic.sendAtOnce(DELIVERIES_PER_FREEZE);
  const result: Record<string, string> = {};
  await phase('quiet');
  for (const [name, { freeze, thaw }] of Object.entries(frozen)) {
    for (let n = 0; n < FREEZES; n += 1) {
      await freeze();
      const answered = traffic.sendAtOnce(DELIVERIES_PER_FREEZE);
      await delay(FREEZE_MS);
      await thaw();
      await answered;
    }
    await phase(`after ${name}`);
  }
  const unexpected = [...traffic.unexpected].map(([answer, count]) => `${count} × ${answer}`);
  const [first] = subjects;
  result[`${sizes}, ${first?.name}, unexpected answers`] = unexpected.join(', ') || 'none';
  if (unexpected.length > 0) process.exitCode = 1;
  return result;

  async function phase(name: string): Promise<void> {
    const before = await Promise.all(subjects.map(usage));
    await traffic.drive(deliveriesPerPhase);
    const after = await Promise.all(subjects.map(usage));
    for (const [index, subject] of subjects.entries()) {
      const [from, to] = [before[index], after[index]];
      if (!from || !to) continue;
      result[`${sizes}, ${subject.name}, ${name}`] = [
        `${to.full - from.full} full`,
        `${to.young - from.young} young`,
        `${(to.cpuSeconds - from.cpuSeconds).toFixed(1)} s CPU`,
        `${to.rssMiB} MiB`,
        `heap ${to.heapMiB} MiB`,
      ].join(', ');
      console.error(
        `${sizes}, ${subject.name}, ${name}: ${result[`${sizes}, ${subject.name}, ${name}`]}`,
      );
    }
  }
}

async function usage({ url, pid }: Subject): Promise<Usage> {
  // It may still answer what came while it was frozen.
  const page = await until(`the metrics of ${url}`, () => scrape(url));
  const used = await usageOf(pid);
  const collections = (kind: string) =>
    page.value('nodejs_gc_duration_seconds_count', { kind }) ?? 0;
  return {
    ...used,
    full: collections('major'),
    young: collections('minor'),
    heapMiB: Math.round((page.value('nodejs_heap_size_used_bytes') ?? 0) / MIB),
  };
}

/** Deliveries, the bot's reports of them, and somebody who looks. */
interface Traffic {
  /** Answers that should not have come, by what was asked and their status. */
  readonly unexpected: ReadonlyMap<string, number>;
  /** At the rate of the fault that was reported. */
  drive(deliveries: number): Promise<void>;
  /** None waits for another, and each may be refused: what it is sent to may be frozen. */
  sendAtOnce(deliveries: number): Promise<void>;
  close(): void;
}

async function startTraffic(ingestUrl: string, queryApiUrl: string): Promise<Traffic> {
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const agent = new Agent({
    keepAlive: true,
    maxSockets: Number.POSITIVE_INFINITY,
    maxFreeSockets: Number.POSITIVE_INFINITY,
  });
  const post = (url: string, headers: Record<string, string>, body: object | string) =>
    postJson(agent, url, headers, typeof body === 'string' ? body : JSON.stringify(body));
  const bot = { bot_id: BENCH_BOT_ID, name: 'Bench', webhook_secret: BENCH_SECRET };
  const status = await post(`${queryApiUrl}/api/bots`, admin, bot);
  if (status !== 201) throw new Error(`the bot could not be registered: ${status}`);
  const unexpected = new Map<string, number>();
  let updateId = 0;
  return {
    unexpected,
    async drive(deliveries) {
      await runOpenLoop({
        count: deliveries,
        plannedMs: (n) => n * DELIVERY_INTERVAL_MS,
        onDue: () => deliver(false),
        signal: new AbortController().signal,
      });
    },
    async sendAtOnce(deliveries) {
      await Promise.all(Array.from({ length: deliveries }, () => deliver(true)));
    },
    close: () => agent.destroy(),
  };

  async function deliver(mayBeRefused: boolean): Promise<void> {
    updateId += 1;
    const id = updateId;
    const check = (what: string, status: number | null, expected: number) => {
      if (status === expected || (mayBeRefused && status === 503)) return;
      const answer = `${what}: ${status ?? 'no answer'}`;
      unexpected.set(answer, (unexpected.get(answer) ?? 0) + 1);
    };
    const secret = { 'x-telegram-bot-api-secret-token': BENCH_SECRET };
    const url = `${ingestUrl}/webhook/${BENCH_BOT_ID}`;
    check('delivery', await post(url, secret, sampleUpdate(id)), 200);
    if (id % DELIVERIES_PER_REPORT !== 0) return;
    check('report', await post(`${ingestUrl}/api/events`, admin, reportUpTo(id)), 202);
    check('health', await healthStatus(queryApiUrl), 200);
  }
}

async function healthStatus(queryApiUrl: string): Promise<number | null> {
  try {
    const health = await fetch(`${queryApiUrl}/api/health/webhook/`);
    await health.arrayBuffer();
    return health.status;
  } catch {
    return null;
  }
}

/** What became of the last updates. */
function reportUpTo(updateId: number): object[] {
  return Array.from({ length: DELIVERIES_PER_REPORT }, (_, index) => ({
    bot_id: BENCH_BOT_ID,
    event_type: 'processed',
    update_id: updateId - index,
    processing_time_ms: index,
  }));
}
