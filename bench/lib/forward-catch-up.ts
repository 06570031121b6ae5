/** A bot that comes back after an hour: how fast it gets what waited, in which order, at what price. */
import { setTimeout as delay } from 'node:timers/promises';
import { createProgress } from '@hookpulse/common/runtime/progress';
import { type BenchBots, benchBots } from './forward-bots.ts';
import { startForwarderRig } from './forward-rig.ts';
import { drained, UpdateSource } from './forward-updates.ts';
import type { Figures } from './results.ts';
import { watchProcess } from './watched-process.ts';

const WARM_UP_UPDATES = 5_000;
const PUBLISHED_AT_ONCE = 500;
/** Longer than a bot must be without success to count as down. */
const SETTLE_MS = 12_000;
const LOOK_MS = 100;

export interface CatchUpOptions {
  /** Updates that wait for the bot. */
  readonly backlog: number;
  readonly maxConnections: number;
  /** After so long it ends, whatever is left. */
  readonly limitSeconds: number;
}

/** The bot refuses everything while the backlog comes, and then answers at once. */
export async function measureCatchUp(
  bots: BenchBots,
  { backlog, maxConnections, limitSeconds }: CatchUpOptions,
): Promise<Figures> {
  const fleet = benchBots(1);
  const rig = await startForwarderRig();
  try {
    for (const bot of fleet) {
      await rig.forward(bot, { url: bots.urlOf(bot.number), max_connections: maxConnections });
    }
    const source = new UpdateSource(fleet);
    await publishAll(source, rig.log, WARM_UP_UPDATES);
    await drained(bots, WARM_UP_UPDATES);
    const watched = await watchProcess(rig.pid);
    const { rssMiB: before } = watched.peaks;

    await bots.behave([0], 'refusing');
    await publishAll(source, rig.log, backlog);
    await delay(SETTLE_MS);
    const { rssMiB: whileAway } = watched.peaks;

    await bots.behave([0], 'fine');
    const startedMs = performance.now();
    const progress = createProgress('updates of the backlog', backlog);
    let done = 0;
    let elapsedMs = 0;
    while (done < backlog && elapsedMs < limitSeconds * 1_000) {
      await delay(LOOK_MS);
      const now = (await bots.counts()).taken - WARM_UP_UPDATES;
      progress.advance(now - done);
      done = now;
      elapsedMs = performance.now() - startedMs;
    }
    progress.finish();
    const peaks = await watched.stop();
    const { outOfOrder, repeated, mostAtOnce } = await bots.counts();
    return {
      'catch-up backlog': backlog,
      'catch-up taken': done,
      'catch-up seconds': Math.round(elapsedMs / 100) / 10,
      'catch-up per second': Math.round(done / (elapsedMs / 1_000)),
      'catch-up out of order': outOfOrder,
      'catch-up repeated': repeated,
      'catch-up most at once': `${mostAtOnce} of ${maxConnections}`,
      'catch-up memory before MiB': before,
      'catch-up growth while away MiB': whileAway - before,
      'catch-up growth MiB': peaks.rssMiB - before,
    };
  } finally {
    await rig.close();
  }
}

async function publishAll(
  source: UpdateSource,
  log: Parameters<UpdateSource['publish']>[0],
  count: number,
): Promise<void> {
  const progress = createProgress('updates on the log', count);
  for (let left = count; left > 0; left -= PUBLISHED_AT_ONCE) {
    const part = Math.min(left, PUBLISHED_AT_ONCE);
    await source.publish(log, part);
    progress.advance(part);
  }
  progress.finish();
}
