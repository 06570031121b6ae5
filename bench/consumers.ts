/**
 * Compares the CPU cost of an event in the aggregator and the alerter with plain kafkajs that only parses
 * its JSON.
 *
 * Each round has a broker of its own with the same number of events on `webhook.events`, half received and
 * half processed, with the headers that ingest writes. The three read them all, one after the other and
 * every other round backwards, each as a process that has just started. What is read first compiles the hot
 * path and is not counted. The aggregator is done when everything is stored; the alerter's evaluations,
 * twice a second, are in its figures. The speed is per CPU second of the process, the threads of Node
 * included; that of the store is stated apart. Afterwards everything must have been counted.
 *
 *   node bench/consumers.ts [--rounds 5] [--events 600000] [--bots 1000] [--profile <folder>] [--json]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { testBot } from '@hookpulse/common/testing/bots';
import { until } from '@hookpulse/common/testing/until';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { eventMessage } from '@hookpulse/event-log/record-headers';
import { botToMessage } from '@hookpulse/topic-tables/bots/bot-message';
import { type BenchLog, startBenchLog } from './lib/bench-log.ts';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { conditionsNow } from './lib/load-average.ts';
import {
  CONSUMERS,
  type ConsumerName,
  type MeasuredConsumer,
  startConsumer,
} from './lib/measured-consumers.ts';
import { usageOf } from './lib/process-usage.ts';
import { publishAll } from './lib/publish-all.ts';
import { reportedEvent } from './lib/reported-traffic.ts';
import { type Figures, writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';
import { spreadFigures } from './lib/spread-figures.ts';
import { ratioOf, turnsOf } from './peers/turns.ts';

const options = benchOptions({
  rounds: { type: 'string', default: '5' },
  events: { type: 'string', default: '600000' },
  bots: { type: 'string', default: '1000' },
  /** A folder for CPU profiles of all three. */
  profile: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const roundCount = numberOption('rounds', options.rounds);
const eventCount = numberOption('events', options.events);
const botCount = numberOption('bots', options.bots);
const profileFolder = options.profile === undefined ? null : resolve(options.profile);
/** Of the events; they compile the hot path. */
const WARM_UP_SHARE = 0.4;
/** Each look costs the process something, too. */
const LOOK_MS = 250;
const LIMIT_MS = 300_000;

interface Round {
  readonly eventsPerCpuSecond: number;
  readonly eventsPerSecond: number;
  /** CPU time of the store, µs an event; null: there is none. */
  readonly storeCpuUs: number | null;
}

const conditions = conditionsNow();
const rounds: Record<ConsumerName, Round[]> = { parse: [], alerter: [], aggregator: [] };
const progress = createProgress('turns', roundCount * CONSUMERS.length, { rate: false });
for (let n = 0; n < roundCount; n += 1) {
  const filled = await startFilledLog();
  try {
    for (const name of turnsOf(CONSUMERS, n)) {
      rounds[name].push(await takeTurn(name, filled));
      progress.advance(1);
    }
  } finally {
    await filled.close();
  }
}
progress.finish();
report();

async function startFilledLog(): Promise<BenchLog> {
  const filled = await startBenchLog();
  const bots = Array.from({ length: botCount }, (_, n) => botToMessage(testBot(`bot-${n}`)));
  await publishAll(filled.log, bots);
  await publishAll(filled.log, eventMessages());
  return filled;
}

function* eventMessages(): Iterable<OutgoingMessage> {
  for (let n = 0; n < eventCount; n += 1) yield eventMessage(reportedEvent(n, botCount));
}

async function takeTurn(name: ConsumerName, { broker }: BenchLog): Promise<Round> {
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-consumers-'));
  const brokerAddress = broker.address;
  const consumer = await startConsumer(name, { brokerAddress, folder, profileFolder });
  try {
    const from = await seenOnce(consumer, eventCount * WARM_UP_SHARE);
    const to = await seenOnce(consumer, eventCount);
    const counted = await consumer.counted();
    if (counted !== eventCount) throw new Error(`${name} counted ${counted} of ${eventCount}`);
    const events = to.done - from.done;
    if (events === 0) throw new Error(`${name} was done before it was looked at; add --events`);
    return {
      eventsPerCpuSecond: events / (to.cpuSeconds - from.cpuSeconds),
      eventsPerSecond: events / ((to.atMs - from.atMs) / 1_000),
      storeCpuUs:
        consumer.storePid === null
          ? null
          : ((to.storeCpuSeconds - from.storeCpuSeconds) / events) * 1e6,
    };
  } finally {
    await consumer.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Where it stands at the first look at which it is done with so many. */
async function seenOnce({ pid, storePid, ...consumer }: MeasuredConsumer, events: number) {
  const looked = async () => {
    await delay(LOOK_MS);
    const done = await consumer.done();
    return done >= events && { done, atMs: performance.now() };
  };
  const seen = await until(`${events} events to be read`, looked, LIMIT_MS);
  const { cpuSeconds } = await usageOf(pid);
  const storeCpuSeconds = storePid === null ? 0 : (await usageOf(storePid)).cpuSeconds;
  return { ...seen, cpuSeconds, storeCpuSeconds };
}

function report(): void {
  const speeds = (name: ConsumerName) => rounds[name].map((round) => round.eventsPerCpuSecond);
  const figures: Record<string, Figures[string]> = {
    ...conditions,
    rounds: roundCount,
    events: eventCount,
    bots: botCount,
  };
  for (const name of CONSUMERS) {
    const perSecond = rounds[name].map((round) => round.eventsPerSecond);
    Object.assign(
      figures,
      spreadFigures(`${name}, events per CPU second`, spreadOf(speeds(name)), 0),
      spreadFigures(`${name}, events per second`, spreadOf(perSecond), 0),
    );
    if (name === 'parse') continue;
    const share = ratioOf(speeds(name), speeds('parse'));
    Object.assign(figures, spreadFigures(`${name}, share of parsing`, share, 2));
  }
  const storeCpuUs = rounds.aggregator.map((round) => round.storeCpuUs ?? Number.NaN);
  Object.assign(figures, spreadFigures('store, CPU µs an event', spreadOf(storeCpuUs), 1));
  writeResult('consumers', figures, options);
}
