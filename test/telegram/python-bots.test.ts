/** Bots in Python, of aiogram and without a library: adopted while they work, watched, and released. */
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { describeWithPython } from '../setup/requirements.ts';
import { adoptAtWork, releaseAtWork } from './support/adopt-and-release.ts';
import { type ChatTraffic, sendText, startChatTraffic } from './support/chat-traffic.ts';
import { type LibraryBotSystem, openLibraryBotSystem } from './support/library-bot-system.ts';
import type { LibraryBot } from './support/library-bots.ts';
import { pythonBot } from './support/python-bots.ts';

const SECRET = 'of-the-bot';
/** A chat of its own, so that no message of the traffic waits behind an error. */
const OTHER_CHAT = 99;

describeWithPython('bots in Python', (python) => {
  let system: LibraryBotSystem;
  let bot: StandInBot;
  let program: LibraryBot;
  let traffic: ChatTraffic;

  beforeAll(async () => {
    system = await openLibraryBotSystem();
  });
  afterEach(async () => {
    traffic?.stop();
    bot?.close();
    await program?.close();
  });
  afterAll(() => system?.close());

  test.each([
    ['aiogram', pythonBot(python, 'aiogram_bot.py'), 'request'],
    ['aiogram_reply', pythonBot(python, 'aiogram_bot.py', { REPLIES_IN_ANSWER: 'true' }), 'reply'],
    ['plain', pythonBot(python, 'plain_bot.py'), 'reply'],
  ])(
    '%s is adopted and released while it works, and nothing is lost, doubled or out of order',
    async (kind, start, via) => {
      const { telegram } = system;
      bot = telegram.addBot(`${kind}_bot`);
      program = await start({ bot, telegramUrl: telegram.url, secret: SECRET });
      traffic = startChatTraffic(bot, program);
      const atWork = { bot, program, traffic, secret: SECRET };
      await adoptAtWork(system, atWork);
      if (via === 'reply') {
        const reply = await eventOf('response_sent');
        expect(reply).toMatchObject({ status: 'success', response_time_ms: expect.any(Number) });
        expect(await eventOf('processed')).toMatchObject({
          processing_time_ms: expect.any(Number),
        });
        // By Hookpulse, because Telegram does not get the bot's answer any more.
        expect(bot.calls).toContainEqual(
          expect.objectContaining({ method: 'sendMessage', via: 'request' }),
        );
      }
      if (kind === 'aiogram_reply') await sendsPhoto();
      if (kind !== 'aiogram') await throws();
      await releaseAtWork(system, atWork);
    },
  );

  /** With an upload in the answer. */
  async function sendsPhoto(): Promise<void> {
    sendText(bot, OTHER_CHAT, 'photo');
    const call = await until('the photo', () =>
      bot.calls.find(({ method }) => method === 'sendPhoto'),
    );
    expect(call.params).toMatchObject({ chat_id: String(OTHER_CHAT), caption: 'A photo' });
    const file = Object.values(call.params).find((value) => value instanceof File);
    expect(file?.name).toBe('sent.png');
    const bytes = new Uint8Array((await file?.arrayBuffer()) ?? []);
    expect(bytes).toEqual(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  }

  /** An error thrown in a handler is seen with its status. */
  async function throws(): Promise<void> {
    sendText(bot, OTHER_CHAT + 1, 'throw');
    expect(await eventOf('error')).toMatchObject({ error_type: 'Http500' });
  }

  function eventOf(type: string): Promise<unknown> {
    const path = `/api/events?bot_id=${bot.identity.username}&event_type=${type}&limit=1`;
    return until(`an event ${type}`, async () => {
      const { events } = (await system.get(path)) as { events: unknown[] };
      return events[0];
    });
  }
});
