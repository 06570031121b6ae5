/** The bots of the forwarding benchmark, in a process of their own, as the benchmark speaks to them. */
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { endChild } from './end-child.ts';
import type { BotManner, BotsCounts, BotsOrder, BotsReport } from './forward-protocol.ts';
import { BENCH_SECRET } from './ingest-protocol.ts';
import { ask as askChild, nextMessage } from './next-message.ts';

export interface BenchBots {
  readonly pid: number;
  /** Origin of all. */
  readonly url: string;
  /** Of bot number so many, from 0. */
  urlOf(bot: number): string;
  behave(bots: readonly number[], manner: BotManner): Promise<void>;
  counts(): Promise<BotsCounts>;
  /** When the first attempt of each update came, since the last call: by update id, in `monotonicMs`. */
  takeArrivals(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

export interface BenchBot {
  readonly number: number;
  readonly botId: string;
  readonly secret: string;
}

export async function startBenchBots(): Promise<BenchBots> {
  const child = fork(join(import.meta.dirname, 'forward-bots-server.ts'));
  const listening = await nextMessage<BotsReport>(child, 'the bots');
  if (listening.kind !== 'listening') throw new Error('the bots did not start');
  const { url } = listening;
  let asked: Promise<unknown> = Promise.resolve();

  /** One after the other, as reports do not say what they answer. */
  function ask(order: BotsOrder): Promise<BotsReport> {
    const answer = asked.then(() => askChild<BotsReport>(child, order, 'the program of the bots'));
    asked = answer.catch(() => undefined);
    return answer;
  }

  return {
    pid: child.pid ?? 0,
    url,
    urlOf: (bot) => `${url}/${bot}`,
    async behave(bots, manner) {
      await ask({ kind: 'behave', bots, manner });
    },
    async counts() {
      const report = await ask({ kind: 'counts' });
      if (report.kind !== 'counts') throw new Error(`the bots answered ${report.kind}`);
      return report;
    },
    async takeArrivals() {
      const report = await ask({ kind: 'arrivals' });
      if (report.kind !== 'arrivals') throw new Error(`the bots answered ${report.kind}`);
      return new Map(report.updateIds.map((id, index) => [id, report.atMs[index] ?? Number.NaN]));
    },
    close: () => endChild(child),
  };
}

export function benchBots(count: number): readonly BenchBot[] {
  return Array.from({ length: count }, (_, number) => {
    const botId = `bot-${number}`;
    return { number, botId, secret: `${BENCH_SECRET}-${number}` };
  });
}
