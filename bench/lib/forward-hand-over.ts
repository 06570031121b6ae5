/** How soon an update is at its bot, and how many a second get there. */
import { percentile } from './answer-times.ts';
import { type BenchBots, benchBots } from './forward-bots.ts';
import { type Engine, type ForwardRig, startForwardRig } from './forward-rig.ts';
import { drained, handOverTimes, UpdateSource } from './forward-updates.ts';
import type { Figures } from './results.ts';

const BOTS = 100;
const WARM_UP_SECONDS = 10;
/** More than so much traffic that waits when sending ends, and the rate was not kept up with. */
const MOST_BEHIND_SECONDS = 0.5;
/** Less of what was to be sent, and the rate was not reached. */
const LEAST_SENT_SHARE = 0.97;

export interface HandOverOptions {
  readonly engine: Engine;
  readonly perSecond: number;
  readonly seconds: number;
  /** Tried one after the other, until one is not sustained; none: the rate is not measured. */
  readonly rates: readonly number[];
}

/** @param isLatencyMeasured - false: only the rate is */
export async function measureHandOver(
  bots: BenchBots,
  { engine, perSecond, seconds, rates }: HandOverOptions,
  isLatencyMeasured: boolean,
): Promise<Figures> {
  const fleet = benchBots(BOTS);
  const rig = await startForwardRig(engine);
  try {
    for (const bot of fleet) await rig.forward(bot, { url: bots.urlOf(bot.number) });
    const source = new UpdateSource(fleet);
    await sendAll(rig, bots, source, perSecond, WARM_UP_SECONDS);
    const figures: Record<string, string | number> = {};
    if (isLatencyMeasured) {
      const { times, failed } = await sendAll(rig, bots, source, perSecond, seconds);
      figures[`${engine} hand-over p50 ms`] = percentile(times, 0.5);
      figures[`${engine} hand-over p99 ms`] = percentile(times, 0.99);
      figures[`${engine} hand-over max ms`] = percentile(times, 1);
      figures[`${engine} hand-overs`] = times.length;
      figures[`${engine} not answered 200`] = failed;
    }
    let sustained = 0;
    for (const rate of rates) {
      const one = await sendAll(rig, bots, source, rate, seconds);
      const isSent = one.acknowledged >= rate * seconds * LEAST_SENT_SHARE;
      const isSustained = one.failed === 0 && isSent && one.behind <= rate * MOST_BEHIND_SECONDS;
      figures[`${engine} at ${rate}/s`] =
        `${Math.round(one.acknowledged / one.seconds)}/s taken, ${one.behind} behind, ` +
        `p99 ${percentile(one.times, 0.99)} ms${isSustained ? '' : ', not sustained'}`;
      if (!isSustained) break;
      sustained = Math.round(one.acknowledged / one.seconds);
    }
    if (rates.length > 0) figures[`${engine} sustained per second`] = sustained;
    return figures;
  } finally {
    await rig.close();
  }
}

async function sendAll(
  { ingestUrl }: ForwardRig,
  bots: BenchBots,
  source: UpdateSource,
  perSecond: number,
  seconds: number,
) {
  const { taken: before } = await bots.counts();
  await bots.takeArrivals();
  const startedMs = performance.now();
  const delivered = await source.deliver(ingestUrl, perSecond, seconds);
  const acknowledged = delivered.acknowledgedMs.size;
  const { taken } = await bots.counts();
  await drained(bots, before + acknowledged);
  const lastedSeconds = (performance.now() - startedMs) / 1_000;
  const times = handOverTimes(delivered, await bots.takeArrivals());
  const behind = Math.max(0, before + acknowledged - taken);
  return { times, acknowledged, behind, failed: delivered.failed, seconds: lastedSeconds };
}
