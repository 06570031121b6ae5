/** Puts updates on the log at a steady rate, as ingest does, and tells what the log then holds. */
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { schemaHeader, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { LoggedUpdate } from './reckoning.ts';

export interface UpdateTraffic {
  /** Ends it. @returns how many different updates the log has acknowledged */
  stop(): Promise<number>;
}

const CHATS = 5;
const INTERVAL_MS = 50;
/** After the broker was away, what was missed is made up for in parts. */
const MAX_BATCH = 1_000;
const RETRY_MS = 200;

export function startUpdateTraffic(
  log: Pick<EventLog, 'publish'>,
  botIds: readonly string[],
  rate: number,
): UpdateTraffic {
  const startedMs = performance.now();
  let sent = 0;
  let isOver = false;
  const running = run();
  return {
    async stop() {
      isOver = true;
      await running;
      return sent;
    },
  };

  async function run(): Promise<void> {
    while (!isOver) {
      const due = Math.floor(((performance.now() - startedMs) / SECOND_MS) * rate) - sent;
      const count = Math.min(due, MAX_BATCH);
      const messages = Array.from({ length: count }, (_, index) => messageOf(sent + index, botIds));
      // Whether the log has it may be unknown: then it is written again, as Telegram delivers again.
      while (count > 0 && !(await isPublished(log, messages))) await delay(RETRY_MS);
      sent += count;
      await delay(INTERVAL_MS);
    }
  }
}

async function isPublished(
  log: Pick<EventLog, 'publish'>,
  messages: readonly OutgoingMessage[],
): Promise<boolean> {
  try {
    await log.publish(messages);
    return true;
  } catch {
    return false;
  }
}

function messageOf(number: number, botIds: readonly string[]): OutgoingMessage {
  const botId = botIds[number % botIds.length] ?? '';
  const updateId = 1 + Math.floor(number / botIds.length);
  const update = {
    update_id: updateId,
    message: { message_id: updateId, chat: { id: updateId % CHATS }, text: 'chaos' },
  };
  const value = JSON.stringify({ bot_id: botId, received_at: iso(Date.now()), update });
  return { topic: UPDATES_TOPIC, key: botId, value, headers: schemaHeader(UPDATES_TOPIC) };
}

/** By bot, in the log's order. */
export async function readLogged(log: EventLog): Promise<Map<string, LoggedUpdate[]>> {
  const logged = new Map<string, LoggedUpdate[]>();
  const follower = await log.follow({
    topic: UPDATES_TOPIC,
    onMessage({ key, value }) {
      if (key === null || value === null) return;
      const { update } = JSON.parse(Buffer.from(value).toString());
      const ofBot = logged.get(key) ?? [];
      logged.set(key, ofBot);
      ofBot.push({ updateId: update.update_id, chat: update.message.chat.id });
    },
  });
  await follower.caughtUp;
  await follower.close();
  return logged;
}
