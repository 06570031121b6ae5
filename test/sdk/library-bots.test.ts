/**
 * Bots of grammY, Telegraf, aiogram and python-telegram-bot in mode `observe`: Telegram delivers to them directly, and the SDK tells
 * Hookpulse of it. Their health is right, and they behave as without the SDK.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithPython } from '../setup/requirements.ts';
import { HookpulseClient } from '../support/hookpulse-client.ts';
import { type HookpulseProcess, startHookpulse } from '../support/hookpulse-process.ts';
import {
  type ObservedBotOptions,
  type StartObservedBot,
  startGrammyBot,
  startTelegrafBot,
} from './support/observed-bots.ts';
import { startPythonBot } from './support/python-bots.ts';

const SECRET = 'of-the-bot';

let dataDir: string;
let telegram: StandInTelegram;
let hookpulse: HookpulseProcess;
let client: HookpulseClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-sdk-'));
  telegram = await startStandInTelegram({ timing: { secondMs: 20 } });
  telegram.observe(({ method, params, phase }) => {
    const isBlocked = method === 'sendMessage' && String(params.text).includes('blocked');
    if (!isBlocked || phase !== 'before') return undefined;
    return { errorCode: 403, description: 'Forbidden: bot was blocked by the user' };
  });
  hookpulse = await startHookpulse(dataDir);
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  client = new HookpulseClient(hookpulse.urls, adminToken);
});
afterAll(async () => {
  await hookpulse?.stop('SIGTERM');
  await telegram?.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe('a bot of grammY', () => declareTests('grammy', startGrammyBot));
describe('a bot of Telegraf', () => declareTests('telegraf', startTelegrafBot));
describeWithPython('a bot of aiogram', (python) =>
  declareTests('aiogram', (options) => startPythonBot(python, 'aiogram_bot.py', options)),
);
describeWithPython('a bot of python-telegram-bot', (python) =>
  declareTests('ptb', (options) => startPythonBot(python, 'ptb_bot.py', options)),
);

function declareTests(library: string, startBot: StartObservedBot): void {
  test('has the right health, and behaves as without the SDK', async () => {
    const plain = await useBot(library, startBot, null);
    const botId = `${library}-observed`;
    const { reportToken } = await client.registerBot(botId);
    const report = { url: hookpulse.urls.ingest, token: reportToken };
    expect(await useBot(library, startBot, report)).toEqual(plain);
    expect(plain.thrown).toEqual(['PaymentError: no money', 'PaymentError: no money']);
    expect(plain.calls).toEqual(['You wrote: hello']);

    await until('the health of the bot', async () => {
      const { last_15_minutes } = await client.botHealth(botId);
      return last_15_minutes.requests_received === 3 + 2 && last_15_minutes.retries === 1;
    });
    const { last_15_minutes } = await client.botHealth(botId);
    expect(last_15_minutes).toMatchObject({
      requests_received: 3 + 2,
      requests_processed: 2,
      // The strangers and the first failure. The second one, of the same update, is a retry.
      requests_failed: 2 + 1,
      processing_errors: 1,
      signature_validation_failures: 2,
      retries: 1,
      responses_sent: 1,
    });
    expect(last_15_minutes.avg_processing_time_ms).toBeGreaterThan(0);
    expect(last_15_minutes.avg_response_time_ms).toBeGreaterThan(0);
  });
}

interface Behaviour {
  /** Of the deliveries, in order. */
  readonly statuses: readonly number[];
  readonly thrown: readonly string[];
  /** What the bot asked of Telegram. */
  readonly calls: readonly string[];
}

/** The same deliveries to a bot with or without the SDK, one after the other. */
async function useBot(
  library: string,
  startBot: StartObservedBot,
  report: ObservedBotOptions['report'],
): Promise<Behaviour> {
  const known: StandInBot = telegram.addBot(`${library}_${report ? 'observed' : 'plain'}_bot`);
  const bot = await startBot({ bot: known, telegramUrl: telegram.url, secret: SECRET, report });
  const statuses = [
    await deliver(bot.url, 1, 'hello', SECRET),
    await deliver(bot.url, 2, 'blocked', SECRET),
    await deliver(bot.url, 3, 'broken', SECRET),
    await deliver(bot.url, 3, 'broken', SECRET),
    await deliver(bot.url, 4, 'hello', 'guessed'),
    await deliver(bot.url, 5, 'hello', null),
  ];
  expect(await bot.close()).toBe(0);
  known.close();
  const sent = known.calls.filter(({ method }) => method === 'sendMessage');
  return { statuses, thrown: bot.thrown, calls: sent.map(({ params }) => String(params.text)) };
}

/** As Telegram does. @returns the status of the answer */
async function deliver(
  url: string,
  update_id: number,
  text: string,
  secret: string | null,
): Promise<number> {
  const from = { id: 7, is_bot: false, first_name: 'User' };
  const chat = { id: 7, type: 'private', first_name: 'User' };
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret }),
    },
    body: JSON.stringify({
      update_id,
      message: { message_id: update_id, date: 1_441_645_532, from, chat, text },
    }),
  });
  await response.text();
  return response.status;
}
