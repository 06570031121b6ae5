/** The fleet as it lives while the demo runs: deliveries as Telegram makes them, and what bots report. */

import { Agent } from 'node:http';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { workEvents } from '@hookpulse/traffic/bot-work';
import { postJson } from '@hookpulse/traffic/post-json';
import { Random } from '@hookpulse/traffic/random';
import { createReporter } from '@hookpulse/traffic/reporter';
import { makeUpdate } from '@hookpulse/traffic/updates';
import { moodAt } from './character.ts';
import type { DemoBot } from './demo-bots.ts';
import { firstUpdateId } from './past.ts';

export interface LiveTraffic {
  /** Resolves when everything that was begun is answered. */
  stop(): Promise<void>;
}

const TICK_MS = 200;
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** @param startMs - of the demo  @param ingest - its origin */
export function startLiveTraffic(
  bots: readonly DemoBot[],
  ingest: string,
  startMs: number,
): LiveTraffic {
  const random = new Random(Math.floor(startMs / 1_000));
  const agent = new Agent({ keepAlive: true });
  const reporter = createReporter({ agent, ingest, clock: systemClock }, () => undefined);
  const underWay = new Set<Promise<void>>();
  let nextUpdateId = firstUpdateId(startMs, startMs);
  let tickedMs = startMs;
  const timer = setInterval(tick, TICK_MS);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      await reporter.close();
      agent.destroy();
    },
  };

  function tick(): void {
    const nowMs = Date.now();
    const hours = (nowMs - tickedMs) / HOUR_MS;
    tickedMs = nowMs;
    for (const bot of bots) {
      const mood = moodAt(bot.character, nowMs, startMs);
      for (let n = random.poisson(mood.updatesPerHour * hours); n > 0; n -= 1) track(deliver(bot));
      for (let n = random.poisson(mood.forgeriesPerHour * hours); n > 0; n -= 1) track(forge(bot));
    }
  }

  function track(work: Promise<void>): void {
    const ended = work.finally(() => underWay.delete(ended));
    underWay.add(ended);
  }

  async function deliver({ character, webhookSecret, reportToken }: DemoBot): Promise<void> {
    const nowMs = Date.now();
    const update_id = nextUpdateId++;
    const { updateType: update_type, text } = makeUpdate(random, update_id, nowMs);
    if ((await post(character.botId, webhookSecret, text)) !== 200) return;
    const update = { bot_id: character.botId, update_id, update_type };
    const { work } = moodAt(character, nowMs, startMs, update_type);
    reporter.add(reportToken, workEvents(random, work, update));
  }

  async function forge({ character }: DemoBot): Promise<void> {
    const { text } = makeUpdate(random, nextUpdateId++, Date.now());
    await post(character.botId, 'a-guess', text);
  }

  function post(botId: string, secret: string, body: string): Promise<number | null> {
    return postJson(agent, `${ingest}/webhook/${botId}`, { [SECRET_HEADER]: secret }, body);
  }
}
