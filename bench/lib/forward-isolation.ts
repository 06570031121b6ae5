/** What bots notice of one among them that hangs and has a backlog. */
import { percentile, type Times } from './answer-times.ts';
import { type BenchBots, benchBots } from './forward-bots.ts';
import { type Engine, startForwardRig } from './forward-rig.ts';
import { drained, handOverTimes, UpdateSource } from './forward-updates.ts';
import type { Figures } from './results.ts';
import { spreadOf } from './spread.ts';

const BOTS = 10;
const HANGING = 0;
/** So that the bot hangs to its time-out more than once in each span. */
const TIMEOUT_SECONDS = 3;
const WARM_UP_SECONDS = 10;
/** After each change, before times count. */
const SETTLE_SECONDS = 3;
/** The backlog comes as fast as this. */
const FILL_PER_SECOND = 3_000;

export interface IsolationOptions {
  readonly engine: Engine;
  /** Over all bots. */
  readonly perSecond: number;
  /** Of each span. */
  readonly seconds: number;
  /** Pairs of spans with the bot hanging and with the bot paused. */
  readonly rounds: number;
  /** Updates that wait for the bot that hangs. */
  readonly backlog: number;
}

/**
 * First a span with all bots fine. Then, in turn, spans in which one hangs while its backlog waits, and
 * spans in which it is paused: the machine is not the same all the time.
 */
export async function measureIsolation(
  bots: BenchBots,
  { engine, perSecond, seconds, rounds, backlog }: IsolationOptions,
): Promise<Figures> {
  const fleet = benchBots(BOTS);
  const [hanging] = fleet;
  if (!hanging) throw new Error('there are no bots');
  const rig = await startForwardRig(engine);
  const forwardOf = (number: number) => ({
    url: bots.urlOf(number),
    timeout_seconds: TIMEOUT_SECONDS,
  });
  try {
    for (const bot of fleet) await rig.forward(bot, forwardOf(bot.number));
    const source = new UpdateSource(fleet);
    let others = (await bots.counts()).taken;
    let isHanging = false;

    /** Hand-over times of the other bots. */
    async function span(spanSeconds: number): Promise<Times> {
      await bots.takeArrivals();
      const { acknowledgedMs, ...delivered } = await source.deliver(
        rig.ingestUrl,
        perSecond,
        spanSeconds,
      );
      const counted = [...acknowledgedMs].filter(
        ([updateId]) => !isHanging || source.botOf(updateId).number !== HANGING,
      );
      others += counted.length;
      await drained(bots, others);
      const ofOthers = counted.filter(([updateId]) => source.botOf(updateId).number !== HANGING);
      return handOverTimes(
        { ...delivered, acknowledgedMs: new Map(ofOthers) },
        await bots.takeArrivals(),
      );
    }

    await span(WARM_UP_SECONDS);
    const fine = await span(seconds);
    isHanging = true;
    await bots.behave([HANGING], 'hanging');
    const backlogSource = new UpdateSource([hanging], 1_000_000_000);
    const { acknowledgedMs: waiting } = await backlogSource.deliver(
      rig.ingestUrl,
      FILL_PER_SECOND,
      backlog / FILL_PER_SECOND,
    );
    const p99s: { hanging: number[]; paused: number[] } = { hanging: [], paused: [] };
    for (let round = 0; round < rounds; round += 1) {
      await span(SETTLE_SECONDS);
      p99s.hanging.push(percentile(await span(seconds), 0.99));
      await rig.forward(hanging, { ...forwardOf(HANGING), paused: true });
      await span(SETTLE_SECONDS);
      p99s.paused.push(percentile(await span(seconds), 0.99));
      await rig.forward(hanging, { ...forwardOf(HANGING), paused: false });
    }
    const fineP99 = percentile(fine, 0.99);
    const withMs = spreadOf(p99s.hanging).median;
    const withoutMs = spreadOf([fineP99, ...p99s.paused]).median;
    return {
      [`${engine} isolation backlog`]: waiting.size,
      [`${engine} isolation p99 ms, all fine`]: fineP99,
      [`${engine} isolation p99 ms, one hanging`]: p99s.hanging.join(', '),
      [`${engine} isolation p99 ms, that one paused`]: p99s.paused.join(', '),
      [`${engine} isolation growth of p99, %`]: Math.round((withMs / withoutMs - 1) * 100),
    };
  } finally {
    await rig.close();
  }
}
