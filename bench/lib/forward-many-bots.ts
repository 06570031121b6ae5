/** What 10,000 bots cost, of which some fail and some are silent. */
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { type BenchBots, benchBots } from './forward-bots.ts';
import { startForwarderRig } from './forward-rig.ts';
import { drained, UpdateSource } from './forward-updates.ts';
import { usageOf } from './process-usage.ts';
import type { Figures } from './results.ts';
import { watchProcess } from './watched-process.ts';

const REGISTERED_AT_ONCE = 100;
/** For the forwarder to know the bots, and to be quiet. */
const SETTLE_MS = 5_000;
const TICK_MS = 50;

export interface ManyBotsOptions {
  readonly bots: number;
  /** Answer 500. */
  readonly failing: number;
  /** Never answer. */
  readonly silent: number;
  /** Over all bots, in turn. */
  readonly perSecond: number;
  readonly seconds: number;
}

export async function measureManyBots(
  bots: BenchBots,
  { bots: count, failing, silent, perSecond, seconds }: ManyBotsOptions,
): Promise<Figures> {
  const fleet = benchBots(count);
  const rig = await startForwarderRig();
  try {
    const progress = createProgress('bots registered', count);
    for (let from = 0; from < count; from += REGISTERED_AT_ONCE) {
      const some = fleet.slice(from, from + REGISTERED_AT_ONCE);
      await Promise.all(some.map((bot) => rig.forward(bot, { url: bots.urlOf(bot.number) })));
      progress.advance(some.length);
    }
    progress.finish();
    await bots.behave(numbers(0, failing), 'refusing');
    await bots.behave(numbers(failing, silent), 'hanging');
    await delay(SETTLE_MS);
    const idle = await usageOf(rig.pid);
    const watched = await watchProcess(rig.pid);
    const { descriptors: idleDescriptors } = watched.peaks;

    const source = new UpdateSource(fleet);
    const startedMs = performance.now();
    const total = perSecond * seconds;
    for (let sent = 0; sent < total; ) {
      const due = Math.min(total, ((performance.now() - startedMs) / 1_000) * perSecond);
      const part = Math.floor(due) - sent;
      if (part > 0) await source.publish(rig.log, part);
      sent += part;
      await delay(TICK_MS);
    }
    const elapsedSeconds = (performance.now() - startedMs) / 1_000;
    const { cpuSeconds } = await usageOf(rig.pid);
    let ofFineBots = 0;
    for (let id = 1; id <= total; id += 1) {
      if (source.botOf(id).number >= failing + silent) ofFineBots += 1;
    }
    await drained(bots, ofFineBots);
    const peaks = await watched.stop();
    return {
      bots: count,
      'bots failing': failing,
      'bots silent': silent,
      'bots updates per second': perSecond,
      'bots taken': ofFineBots,
      'bots memory idle MiB': idle.rssMiB,
      'bots memory peak MiB': peaks.rssMiB,
      'bots descriptors idle': idleDescriptors,
      'bots descriptors peak': peaks.descriptors,
      'bots CPU, share of a core':
        Math.round(((cpuSeconds - idle.cpuSeconds) / elapsedSeconds) * 100) / 100,
    };
  } finally {
    await rig.close();
  }
}

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}
