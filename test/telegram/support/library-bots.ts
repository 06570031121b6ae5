/** Bots of grammY and of Telegraf, each with a webhook as its documentation has it. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { Bot, webhookCallback } from 'grammy';
import { Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';

export interface LibraryBot {
  /** Of its webhook. */
  readonly url: string;
  /** What its handlers were given: ids of updates, in order. */
  readonly handled: number[];
  close(): Promise<void>;
}

export interface LibraryBotOptions {
  readonly bot: StandInBot;
  readonly telegramUrl: string;
  readonly secret: string;
}

export type StartLibraryBot = (options: LibraryBotOptions) => Promise<LibraryBot>;

/** https://grammy.dev/guide/deployment-types */
export const startGrammyBot: StartLibraryBot = async ({ bot: known, telegramUrl, secret }) => {
  const bot = new Bot(known.identity.token, { client: { apiRoot: telegramUrl } });
  const handled: number[] = [];
  bot.on('message:text', async (ctx) => {
    handled.push(ctx.update.update_id);
    await ctx.reply(`You wrote: ${ctx.message.text}`);
  });
  const server = await listen(webhookCallback(bot, 'http', { secretToken: secret }));
  await bot.api.setWebhook(`${server.url}/telegram`, { secret_token: secret });
  return { url: `${server.url}/telegram`, handled, close: server.close };
};

/** https://github.com/telegraf/telegraf#webhooks; it answers by the webhook's own answer. */
export const startTelegrafBot: StartLibraryBot = async ({ bot: known, telegramUrl, secret }) => {
  const bot = new Telegraf(known.identity.token, { telegram: { apiRoot: telegramUrl } });
  const handled: number[] = [];
  bot.on(message('text'), async (ctx) => {
    handled.push(ctx.update.update_id);
    await ctx.reply(`You wrote: ${ctx.message.text}`);
  });
  const path = '/telegraf/hook';
  const server = await listen(bot.webhookCallback(path, { secretToken: secret }));
  await bot.telegram.setWebhook(`${server.url}${path}`, { secret_token: secret });
  return { url: `${server.url}${path}`, handled, close: server.close };
};

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
