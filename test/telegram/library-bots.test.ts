/** Real bots of known libraries come under Hookpulse while they work, and leave it: no update is lost. */
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { adoptAtWork, releaseAtWork } from './support/adopt-and-release.ts';
import { type ChatTraffic, startChatTraffic } from './support/chat-traffic.ts';
import { type LibraryBotSystem, openLibraryBotSystem } from './support/library-bot-system.ts';
import {
  type LibraryBot,
  type StartLibraryBot,
  startGrammyBot,
  startTelegrafBot,
} from './support/library-bots.ts';

const SECRET = 'of-the-bot';

let system: LibraryBotSystem;

beforeAll(async () => {
  system = await openLibraryBotSystem();
});
afterAll(() => system?.close());

describe.each<[string, StartLibraryBot]>([
  ['grammY', startGrammyBot],
  ['Telegraf', startTelegrafBot],
])('a bot of %s', (library, startLibraryBot) => {
  let bot: StandInBot;
  let program: LibraryBot;
  let traffic: ChatTraffic;

  beforeEach(async () => {
    const { telegram } = system;
    bot = telegram.addBot(`${library.toLowerCase()}_bot_${Date.now()}`);
    program = await startLibraryBot({ bot, telegramUrl: telegram.url, secret: SECRET });
    traffic = startChatTraffic(bot, program);
  });
  afterEach(async () => {
    traffic.stop();
    system.telegram.observe(null);
    bot.close();
    await program.close();
  });

  const adopt = () =>
    system.post('/api/bots/adopt', { bot_token: bot.identity.token, forward_secret: SECRET });
  const release = async () => {
    for (;;) {
      const answer = await system.post(`/api/bots/${bot.identity.username}/release`, {});
      // Something is still to be forwarded.
      if (answer.status !== 202) return answer;
    }
  };

  test('is adopted and released while it works: it gets each update, in order, once', async () => {
    const atWork = { bot, program, traffic, secret: SECRET };
    await adoptAtWork(system, atWork);
    await releaseAtWork(system, atWork);
  });

  const KILLS: readonly (readonly [string, 'before' | 'after'])[] =
    library === 'grammY'
      ? [
          ['getWebhookInfo', 'after'],
          ['setWebhook', 'before'],
          ['setWebhook', 'after'],
        ]
      : [['setWebhook', 'after']];

  test('loses nothing when Hookpulse is killed at any step and asked again', async () => {
    for (const [method, phase] of KILLS) {
      for (const [request, wanted] of [
        [adopt, system.ingestWebhook(bot)],
        [release, program.url],
      ] as const) {
        const killed = system.killAt(method, phase);
        await request().catch(() => undefined);
        await killed;
        expect(bot.webhook).not.toBeNull();
        await system.restart();
        await until('the repeated request', async () => (await request()).status === 200);
        expect(bot.webhook?.url).toBe(wanted);
        await traffic.goesOn();
      }
    }
    await traffic.nothingIsLost();
  });
});
