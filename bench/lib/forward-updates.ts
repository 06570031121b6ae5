/** Updates for the bots of the forwarding benchmark: delivered to ingest, or put on the log. */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { schemaHeader, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { BenchBot, BenchBots } from './forward-bots.ts';
import { monotonicMs } from './forward-protocol.ts';
import { type BenchDelivery, startDeliveries } from './steady-deliveries.ts';

/** Of each bot. Telegram's queues are by chat, so as many updates of a bot can be under way at once. */
const CHATS = 100;
/** Of Telegram's side: a few of each bot, as while they are kept alive. */
const CONNECTIONS = 256;
const DRAIN_LIMIT_MS = 120_000;
const LOOK_MS = 50;

export interface DeliveredUpdates {
  /** When ingest answered 200, in `monotonicMs`, by update id. */
  readonly acknowledgedMs: ReadonlyMap<number, number>;
  /** Not answered by 200. */
  readonly failed: number;
  readonly seconds: number;
}

/** Ids rise over all bots, in turn, so each tells its bot. */
export class UpdateSource {
  readonly #bots: readonly BenchBot[];
  #nextId: number;

  /** @param firstId - sources for the same bots must not share ids */
  constructor(bots: readonly BenchBot[], firstId = 1) {
    this.#bots = bots;
    this.#nextId = firstId;
  }

  botOf(updateId: number): BenchBot {
    const bot = this.#bots[updateId % this.#bots.length];
    if (!bot) throw new Error('there are no bots');
    return bot;
  }

  /** Delivers at a steady rate, as Telegram does. Resolves when all is answered. */
  async deliver(ingestUrl: string, perSecond: number, seconds: number): Promise<DeliveredUpdates> {
    const first = this.#nextId;
    const acknowledgedMs = new Map<number, number>();
    /** `DeliveryAnswer` counts by `performance.now()`. */
    const offsetMs = monotonicMs() - performance.now();
    let failed = 0;
    const startedMs = performance.now();
    const deliveries = startDeliveries(
      ingestUrl,
      perSecond,
      ({ updateId: n, status, answeredMs }) => {
        if (status === 200) acknowledgedMs.set(first + n, answeredMs + offsetMs);
        else failed += 1;
      },
      (n) => {
        this.#nextId = Math.max(this.#nextId, first + n + 1);
        return this.#deliveryOf(first + n);
      },
      CONNECTIONS,
    );
    await delay(seconds * 1_000);
    await deliveries.stop();
    return { acknowledgedMs, failed, seconds: (performance.now() - startedMs) / 1_000 };
  }

  /** Puts the next updates on the log, as ingest does. */
  async publish(log: Pick<EventLog, 'publish'>, count: number): Promise<void> {
    const first = this.#nextId;
    this.#nextId += count;
    await log.publish(Array.from({ length: count }, (_, n) => this.#messageOf(first + n)));
  }

  #deliveryOf(updateId: number): BenchDelivery {
    const { botId, secret } = this.botOf(updateId);
    return { botId, secret, body: this.bodyOf(updateId) };
  }

  #messageOf(updateId: number): OutgoingMessage {
    const { botId } = this.botOf(updateId);
    const receivedAt = new Date().toISOString();
    return {
      topic: UPDATES_TOPIC,
      key: botId,
      value: `{"bot_id":"${botId}","received_at":"${receivedAt}","update":${this.bodyOf(updateId)}}`,
      headers: schemaHeader(UPDATES_TOPIC),
    };
  }

  /** JSON. */
  bodyOf(updateId: number): string {
    const chatId = Math.floor(updateId / this.#bots.length) % CHATS;
    const from = { id: chatId, is_bot: false, first_name: 'Test', language_code: 'en' };
    const chat = { id: chatId, type: 'private', first_name: 'Test', username: 'Testusername' };
    const date = Math.floor(Date.now() / 1_000);
    const text = 'A text as long as those that people write to bots, more or less.';
    const message = { message_id: updateId, from, chat, date, text };
    return JSON.stringify({ update_id: updateId, message });
  }
}

/** Waits until the bots have taken so many. @throws when they do not for long */
export async function drained(bots: BenchBots, taken: number): Promise<void> {
  await until(
    `${taken} updates to be taken`,
    async () => {
      const now = await bots.counts();
      if (now.taken < taken) await delay(LOOK_MS);
      return now.taken >= taken;
    },
    DRAIN_LIMIT_MS,
  );
}

/** From ingest's 200 to the request at the bot, sorted. Below 0: the bot had it before the 200 was read. */
export function handOverTimes(
  { acknowledgedMs }: DeliveredUpdates,
  arrivals: ReadonlyMap<number, number>,
): readonly number[] {
  const times: number[] = [];
  for (const [updateId, atMs] of acknowledgedMs) {
    const arrivedMs = arrivals.get(updateId);
    if (arrivedMs !== undefined) times.push(arrivedMs - atMs);
  }
  return times.sort((a, b) => a - b);
}
