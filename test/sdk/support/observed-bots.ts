/** Bots as in test/telegram/support, with the SDK or without. Each answers, is refused, or fails. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { Bot, GrammyError, webhookCallback } from 'grammy';
import { Telegraf, TelegramError } from 'telegraf';
import { message } from 'telegraf/filters';
import { hookpulse as grammyMiddleware } from '../../../packages/sdk/src/grammy.ts';
import { createReporter, type Reporter } from '../../../packages/sdk/src/reporter.ts';
import { hookpulse as telegrafMiddleware } from '../../../packages/sdk/src/telegraf.ts';
import { watchSecret } from '../../../packages/sdk/src/watch-secret.ts';

export interface ObservedBot {
  /** Of its webhook. */
  readonly url: string;
  /** Errors that its library handed on, in order. */
  readonly thrown: readonly string[];
  /** Everything is reported then. @returns how many reports were dropped */
  close(): Promise<number>;
}

export interface ObservedBotOptions {
  readonly bot: StandInBot;
  readonly telegramUrl: string;
  readonly secret: string;
  /** What its reporter gets. Null: it runs without the SDK. */
  readonly report: { readonly url: string; readonly token: string } | null;
}

export type StartObservedBot = (options: ObservedBotOptions) => Promise<ObservedBot>;

class PaymentError extends Error {
  override readonly name = 'PaymentError';
}

const PATH = '/telegram';

/** https://grammy.dev/guide/deployment-types */
export const startGrammyBot: StartObservedBot = async ({
  bot: known,
  telegramUrl,
  secret,
  report,
}) => {
  const reporter = report && createReporter(report);
  const bot = new Bot(known.identity.token, { client: { apiRoot: telegramUrl } });
  if (reporter) bot.use(grammyMiddleware(reporter));
  bot.on('message:text', async (ctx) => {
    if (ctx.message.text === 'broken') throw new PaymentError('no money');
    try {
      await ctx.reply(`You wrote: ${ctx.message.text}`);
    } catch (error) {
      if (!(error instanceof GrammyError) || error.error_code !== 403) throw error;
    }
  });
  const callback = webhookCallback(bot, 'http', { secretToken: secret });
  const thrown: string[] = [];
  const server = await listen(
    watched(reporter, secret, (request, response) => {
      callback(request, response).catch((error) => {
        thrown.push(String(error.error));
        response.writeHead(500).end();
      });
    }),
  );
  return { url: server.url, thrown, close: () => closeBoth(server, reporter) };
};

/** https://github.com/telegraf/telegraf#webhooks; calls are requests, so that their answers are known. */
export const startTelegrafBot: StartObservedBot = async ({
  bot: known,
  telegramUrl,
  secret,
  report,
}) => {
  const reporter = report && createReporter(report);
  const bot = new Telegraf(known.identity.token, {
    telegram: { apiRoot: telegramUrl, webhookReply: false },
  });
  const thrown: string[] = [];
  if (reporter) bot.use(telegrafMiddleware(reporter));
  bot.on(message('text'), async (ctx) => {
    if (ctx.message.text === 'broken') throw new PaymentError('no money');
    try {
      await ctx.reply(`You wrote: ${ctx.message.text}`);
    } catch (error) {
      if (!(error instanceof TelegramError) || error.code !== 403) throw error;
    }
  });
  bot.catch((error) => {
    thrown.push(String(error));
    throw error;
  });
  const callback = bot.webhookCallback(PATH, { secretToken: secret });
  const server = await listen(
    watched(reporter, secret, (request, response) => {
      // Telegraf has answered by then, also where a handler threw.
      callback(request, response).catch(() => undefined);
    }),
  );
  return { url: server.url, thrown, close: () => closeBoth(server, reporter) };
};

function watched(
  reporter: Reporter | null,
  secretToken: string,
  listener: RequestListener,
): RequestListener {
  return reporter ? watchSecret(reporter, { secretToken, path: PATH }, listener) : listener;
}

async function closeBoth(server: { close(): Promise<void> }, reporter: Reporter | null) {
  await server.close();
  await reporter?.close();
  return reporter?.dropped ?? 0;
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return {
    url: `http://127.0.0.1:${address.port}${PATH}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
