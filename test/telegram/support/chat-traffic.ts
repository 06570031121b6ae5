/** Messages of some chats for one bot, sent until stopped, and what must hold of those it handled. */
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { expect } from '@jest/globals';
import type { LibraryBot } from './library-bots.ts';

export interface ChatTraffic {
  /** Waits until as many more updates were handled as there are chats. */
  goesOn(): Promise<void>;
  /** Ends it, and waits until the bot has handled every update. */
  nothingIsLost(): Promise<void>;
  /** Of each chat, the bot has handled the updates in their order up to now, repeats aside. */
  orderIsKept(): void;
  /** Nothing was handled twice, but for what Telegram itself delivers again. */
  nothingIsDoubled(): void;
  stop(): void;
}

const CHATS = 5;
const SEND_INTERVAL_MS = 100;

export function startChatTraffic(bot: StandInBot, { handled }: LibraryBot): ChatTraffic {
  const sent: { readonly updateId: number; readonly chat: number }[] = [];
  const timer = setInterval(() => {
    const chat = sent.length % CHATS;
    const updateId = sendText(bot, chat, `Message ${sent.length}`);
    if (updateId !== null) sent.push({ updateId, chat });
  }, SEND_INTERVAL_MS);
  return {
    async goesOn() {
      const before = new Set(handled).size;
      await until('further updates', () => new Set(handled).size >= before + CHATS);
    },
    async nothingIsLost() {
      clearInterval(timer);
      await until('every update to be handled', () => {
        const known = new Set(handled);
        return sent.every(({ updateId }) => known.has(updateId));
      });
    },
    orderIsKept() {
      const once = [...new Set(handled)];
      for (let chat = 0; chat < CHATS; chat += 1) {
        const ofChat = new Set(
          sent.filter((one) => one.chat === chat).map(({ updateId }) => updateId),
        );
        const inOrder = once.filter((updateId) => ofChat.has(updateId));
        expect(inOrder.length).toBeGreaterThan(0);
        expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
      }
    },
    nothingIsDoubled() {
      const repeated = handled.filter((id, at, all) => all.indexOf(id) !== at);
      // Telegram itself delivers these again.
      expect(repeated.filter((updateId) => !bot.interrupted.includes(updateId))).toEqual([]);
    },
    stop: () => clearInterval(timer),
  };
}

/** @returns its id; null when the bot does not get messages */
export function sendText(bot: StandInBot, chat: number, text: string): number | null {
  return bot.send('message', {
    message_id: 1,
    date: Math.floor(Date.now() / 1_000),
    from: { id: chat, is_bot: false, first_name: 'User' },
    chat: { id: chat, type: 'private', first_name: 'User' },
    text,
  });
}
