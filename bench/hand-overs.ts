/**
 * Compares the CPU cost of a hand-over by the forwarder with undici alone that posts the same bodies to the same bots.
 *
 * A broker, the forwarder and undici are processes of their own, and so are the bots, which answer at once.
 * Both take turns; they hand over the same number of updates, with the same number of them under way. The
 * forwarder reads its updates from the log and reports each to it. The speed is per CPU second of the
 * process. Afterwards every update must have been taken once, and reported: otherwise the benchmark fails.
 *
 *   node bench/hand-overs.ts [--rounds 5] [--updates 20000] [--bots 100] [--at-once 500]
 *                            [--profile <folder>] [--json]
 */
import { fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { endChild } from './lib/end-child.ts';
import { type BenchBots, benchBots, startBenchBots } from './lib/forward-bots.ts';
import type { PostsOrder } from './lib/forward-protocol.ts';
import { startForwarderRig } from './lib/forward-rig.ts';
import { drained, UpdateSource } from './lib/forward-updates.ts';
import { conditionsNow } from './lib/load-average.ts';
import { ask, nextMessage } from './lib/next-message.ts';
import { usageOf } from './lib/process-usage.ts';
import { profileFlags } from './lib/profile-flags.ts';
import { writeResult } from './lib/results.ts';
import { spreadOf } from './lib/spread.ts';
import { spreadFigures } from './lib/spread-figures.ts';
import { ratioOf, turnsOf } from './peers/turns.ts';

const options = benchOptions({
  rounds: { type: 'string', default: '5' },
  updates: { type: 'string', default: '20000' },
  bots: { type: 'string', default: '100' },
  /** Updates under way, over all bots. */
  'at-once': { type: 'string', default: '500' },
  /** A folder for a CPU profile of both. */
  profile: { type: 'string' },
  json: { type: 'boolean', default: false },
});
const roundCount = numberOption('rounds', options.rounds);
const updateCount = numberOption('updates', options.updates);
const botCount = numberOption('bots', options.bots);
const atOnce = numberOption('at-once', options['at-once']);
/** The other half is under way meanwhile. */
const publishedAtOnce = Math.ceil(atOnce / 2);
const profileFolder = options.profile === undefined ? null : resolve(options.profile);
/** Of ten digits, as Telegram's are. */
const FIRST_UPDATE_ID = 1_000_000_000;
const LOOK_MS = 10;
const REPORTED_LIMIT_MS = 60_000;

interface Poster {
  readonly name: 'undici' | 'forwarder';
  readonly pid: number;
  /** Work before the hand-over; its time is not counted. */
  prepare?(firstId: number): Promise<void>;
  /** Resolves when all updates are handed over and their outcomes are stored. */
  handOver(firstId: number): Promise<void>;
  close(): Promise<void>;
}

const conditions = conditionsNow();
const fleet = benchBots(botCount);
const bots = await startBenchBots();
const posters = [await startUndici(bots), await startForwarder(bots)];
const speeds: Record<Poster['name'], number[]> = { undici: [], forwarder: [] };
const perSecond: Record<Poster['name'], number[]> = { undici: [], forwarder: [] };
let nextId = FIRST_UPDATE_ID;
try {
  const progress = createProgress('turns', (1 + roundCount) * posters.length, { rate: false });
  for (let n = 0; n <= roundCount; n += 1) {
    for (const poster of turnsOf(posters, n)) {
      const { cpuSeconds, seconds } = await takeTurn(poster);
      progress.advance(1);
      if (n === 0) continue; // compiles the hot path
      speeds[poster.name].push(updateCount / cpuSeconds);
      perSecond[poster.name].push(updateCount / seconds);
    }
  }
  progress.finish();
  const { repeated, outOfOrder } = await bots.counts();
  writeResult(
    'hand-overs',
    {
      ...conditions,
      rounds: roundCount,
      updates: updateCount,
      bots: botCount,
      atOnce,
      ...spreadFigures('undici, hand-overs per CPU second', spreadOf(speeds.undici), 0),
      ...spreadFigures('undici, hand-overs per second', spreadOf(perSecond.undici), 0),
      ...spreadFigures('forwarder, hand-overs per CPU second', spreadOf(speeds.forwarder), 0),
      ...spreadFigures('forwarder, hand-overs per second', spreadOf(perSecond.forwarder), 0),
      ...spreadFigures('forwarder, share of undici', ratioOf(speeds.forwarder, speeds.undici), 2),
      repeated,
      outOfOrder,
    },
    options,
  );
  if (repeated > 0) process.exitCode = 1;
} finally {
  for (const poster of posters) await poster.close();
  await bots.close();
}

async function takeTurn(poster: Poster) {
  const firstId = nextId;
  nextId += updateCount;
  const { taken } = await bots.counts();
  await poster.prepare?.(firstId);
  const before = await usageOf(poster.pid);
  const startedMs = performance.now();
  await poster.handOver(firstId);
  const seconds = (performance.now() - startedMs) / 1_000;
  const after = await usageOf(poster.pid);
  const now = (await bots.counts()).taken - taken;
  if (now !== updateCount) throw new Error(`${poster.name}: ${now} of ${updateCount} were taken`);
  return { cpuSeconds: after.cpuSeconds - before.cpuSeconds, seconds };
}

async function startUndici({ url }: BenchBots): Promise<Poster> {
  const args = [url, `${botCount}`, `${Math.ceil(atOnce / botCount)}`];
  const child = fork(join(import.meta.dirname, 'lib/forward-posts-load.ts'), args, {
    execArgv: [...process.execArgv, ...profileFlags(profileFolder)],
  });
  await nextMessage(child, 'undici');
  const order = async (what: PostsOrder) => void (await ask(child, what, 'undici'));
  return {
    name: 'undici',
    pid: child.pid ?? Number.NaN,
    prepare: (firstId) => order({ kind: 'prepare', firstId, count: updateCount }),
    handOver: () => order({ kind: 'post' }),
    close: () => endChild(child),
  };
}

async function startForwarder({ urlOf }: BenchBots): Promise<Poster> {
  const rig = await startForwarderRig({ NODE_OPTIONS: profileFlags(profileFolder).join(' ') });
  for (const bot of fleet) await rig.forward(bot, { url: urlOf(bot.number) });
  let handedOver = 0;
  return {
    name: 'forwarder',
    pid: rig.pid,
    async handOver(firstId) {
      const source = new UpdateSource(fleet, firstId);
      const { taken: before } = await bots.counts();
      for (let sent = 0; sent < updateCount; ) {
        const { taken } = await bots.counts();
        const room = Math.min(atOnce - (sent - (taken - before)), updateCount - sent);
        if (room < Math.min(publishedAtOnce, updateCount - sent)) {
          await delay(LOOK_MS);
          continue;
        }
        await source.publish(rig.log, room);
        sent += room;
      }
      await drained(bots, before + updateCount);
      handedOver += updateCount;
      await until(
        'every hand-over to be reported',
        async () => (await reported(rig.log)) === handedOver,
        REPORTED_LIMIT_MS,
      );
    },
    close: () => rig.close(),
  };
}

/** Events about hand-overs, which are the only ones here. */
async function reported(log: EventLog): Promise<number> {
  const ranges = await log.ranges(EVENTS_TOPIC);
  return Number(
    ranges.reduce((sum, { startOffset, endOffset }) => sum + endOffset - startOffset, 0n),
  );
}
