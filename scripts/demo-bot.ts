/**
 * `npm start -- --demo`: a stand-in for Telegram and a bot that works, so that adopting can be tried without
 * a bot, a public address or HTTPS. Nothing of it leaves the machine.
 */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '@hookpulse/traffic/random';
import { startStandInTelegram } from '@hookpulse/traffic/telegram/stand-in-telegram';
import { makeUpdate } from '@hookpulse/traffic/updates';

export interface DemoBot {
  readonly username: string;
  /** Holds its bot token; in the data folder. */
  readonly tokenFile: string;
  /** For `TELEGRAM_API_URL`. */
  readonly telegramUrl: string;
  close(): Promise<void>;
}

const USERNAME = 'my_bot';
const TOKEN_FILE = 'demo-bot-token';
const SEND_INTERVAL_MS = 500;
const MEDIAN_WORK_MS = 40;
const WORK_SPREAD = 0.6;
/** So that there is a failure and a retry to look at now and then. */
const FAILED_SHARE = 0.03;
/** Of its answers; each names a method of the Bot API. */
const REPLY_SHARE = 0.5;

/** The bot has a webhook of its own, and gets its updates there until it is adopted. */
export async function startDemoBot(dataDir: string): Promise<DemoBot> {
  const random = new Random(Date.now());
  const program = createServer((request, response) => {
    handle(request, response, random).catch(() => response.destroy());
  });
  program.listen(0, '127.0.0.1');
  await once(program, 'listening');
  const address = program.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const telegram = await startStandInTelegram();
  const bot = telegram.addBot(USERNAME);
  const tokenFile = join(dataDir, TOKEN_FILE);
  await writeFile(tokenFile, `${bot.identity.token}\n`, { mode: 0o600 });
  await bot.call('setWebhook', { url: `http://127.0.0.1:${address.port}/webhook` });
  const sending = setInterval(() => {
    const { updateType, text } = makeUpdate(random, 1, Date.now());
    bot.send(updateType, JSON.parse(text)[updateType]);
  }, SEND_INTERVAL_MS);

  return {
    username: USERNAME,
    tokenFile,
    telegramUrl: telegram.url,
    async close() {
      clearInterval(sending);
      await telegram.close();
      program.closeAllConnections();
      program.close();
      await once(program, 'close');
    },
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  random: Random,
): Promise<void> {
  const { update_id: _, ...content } = JSON.parse((await buffer(request)).toString());
  // Whether adopting works is no matter of chance.
  if (Object.keys(content).length === 0) {
    response.end();
    return;
  }
  await delay(random.logNormal(MEDIAN_WORK_MS, WORK_SPREAD));
  if (random.chance(FAILED_SHARE)) {
    response.writeHead(500).end('the order service did not answer');
    return;
  }
  const chatId = content.message?.chat?.id;
  if (chatId === undefined || !random.chance(REPLY_SHARE)) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ method: 'sendMessage', chat_id: chatId, text: 'Thank you!' }));
}
