/** Real bots of known libraries come under Hookpulse while they work, and leave it: no update is lost. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommandLine } from '@hookpulse/cli/command-line';
import type { Terminal } from '@hookpulse/cli/terminal';
import { until } from '@hookpulse/common/testing/until';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import {
  type StandInTelegram,
  startStandInTelegram,
} from '@hookpulse/traffic/telegram/stand-in-telegram';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { freePort } from '../kafka-broker/free-port.ts';
import { type HookpulseProcess, startHookpulse } from '../support/hookpulse-process.ts';
import {
  type LibraryBot,
  type StartLibraryBot,
  startGrammyBot,
  startTelegrafBot,
} from './support/library-bots.ts';

const SECRET = 'of-the-bot';
const CHATS = 5;
const SEND_INTERVAL_MS = 100;

let dataDir: string;
let telegram: StandInTelegram;
let ingestPort: number;
let hookpulse: HookpulseProcess;
let adminToken: string;

async function startSystem(): Promise<void> {
  hookpulse = await startHookpulse(dataDir, {
    INGEST_PORT: String(ingestPort),
    INGEST_URL: `http://127.0.0.1:${ingestPort}`,
    TELEGRAM_API_URL: telegram.url,
  });
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-library-bots-'));
  ingestPort = await freePort();
  telegram = await startStandInTelegram({ timing: { secondMs: 20 } });
  await startSystem();
  adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
});
afterAll(async () => {
  await hookpulse?.stop('SIGTERM');
  await telegram?.close();
  await rm(dataDir, { recursive: true, force: true });
});

describe.each<[string, StartLibraryBot]>([
  ['grammY', startGrammyBot],
  ['Telegraf', startTelegrafBot],
])('a bot of %s', (library, startLibraryBot) => {
  let bot: StandInBot;
  let program: LibraryBot;
  let traffic: Traffic;

  beforeEach(async () => {
    bot = telegram.addBot(`${library.toLowerCase()}_bot_${Date.now()}`);
    program = await startLibraryBot({ bot, telegramUrl: telegram.url, secret: SECRET });
    traffic = startTraffic(bot);
  });
  afterEach(async () => {
    traffic.stop();
    telegram.observe(null);
    bot.close();
    await program.close();
  });

  /** `npx hookpulse`, in this process: on a busy machine another one takes long to start. */
  async function command(...args: string[]) {
    const [printed, warned]: [string[], string[]] = [[], []];
    const terminal: Terminal = {
      print: (line) => printed.push(line),
      warn: (line) => warned.push(line),
      style: (_style, styled) => styled,
      isInteractive: false,
      confirm: async () => false,
      askSecret: async () => null,
      readInput: async () => `${bot.identity.token}\n${SECRET}\n`,
      onInterrupt: () => () => undefined,
    };
    const exitCode = await runCommandLine([...args, '--url', hookpulse.urls.queryApi], {
      terminal,
      env: { ADMIN_TOKEN: adminToken },
      nowMs: Date.now(),
    });
    return { exitCode, printed: printed.join('\n'), warned: warned.join('\n') };
  }

  const adopt = () =>
    post('/api/bots/adopt', { bot_token: bot.identity.token, forward_secret: SECRET });
  const release = () => post(`/api/bots/${bot.identity.username}/release`, {});
  const ingestWebhook = () => `http://127.0.0.1:${ingestPort}/webhook/${bot.identity.username}`;

  /** Waits until as many more updates were handled as there are chats. */
  async function goesOn(): Promise<void> {
    const before = new Set(program.handled).size;
    await until('further updates', () => new Set(program.handled).size >= before + CHATS);
  }

  async function nothingIsLost(): Promise<void> {
    const sent = traffic.stop();
    await until('every update to be handled', () => {
      const handled = new Set(program.handled);
      return sent.every(({ updateId }) => handled.has(updateId));
    });
  }

  /** Up to now. After a release Telegram can overtake what is left on the log. */
  function orderIsKept(): void {
    const handled = [...new Set(program.handled)];
    for (let chat = 0; chat < CHATS; chat += 1) {
      const ofChat = new Set(traffic.sent.filter((one) => one.chat === chat).map(idOf));
      const inOrder = handled.filter((updateId) => ofChat.has(updateId));
      expect(inOrder.length).toBeGreaterThan(0);
      expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    }
  }

  function nothingIsDoubled(): void {
    const repeated = program.handled.filter((id, at, all) => all.indexOf(id) !== at);
    // Telegram itself delivers these again.
    expect(repeated.filter((updateId) => !bot.interrupted.includes(updateId))).toEqual([]);
  }

  test('is adopted and released while it works: it gets each update, in order, once', async () => {
    await goesOn();
    const adopted = await command('adopt', '--yes');
    expect(adopted).toMatchObject({ exitCode: 0, warned: '' });
    expect(adopted.printed).toContain('✓ The bot has processed the empty update.');
    expect(bot.webhook?.url).toBe(ingestWebhook());
    await goesOn();
    orderIsKept();
    const released = await command('release', bot.identity.username, '--yes');
    expect(released).toMatchObject({ exitCode: 0, warned: '' });
    expect(bot.webhook).toMatchObject({ url: program.url, secret: SECRET });
    await goesOn();
    await nothingIsLost();
    nothingIsDoubled();
    expect(hookpulse.output()).not.toContain(bot.identity.token);
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
        [adopt, ingestWebhook()],
        [release, program.url],
      ] as const) {
        const killed = killAt(method, phase);
        await request().catch(() => undefined);
        await killed;
        expect(bot.webhook).not.toBeNull();
        await startSystem();
        await until('the repeated request', async () => (await request()).status === 200);
        expect(bot.webhook?.url).toBe(wanted);
        await goesOn();
      }
    }
    await nothingIsLost();
  });
});

/** @returns what resolves once Hookpulse is gone */
function killAt(method: string, phase: 'before' | 'after'): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  telegram.observe((call) => {
    if (call.method !== method || call.phase !== phase) return undefined;
    telegram.observe(null);
    resolve(hookpulse.stop('SIGKILL'));
    return undefined;
  });
  return promise;
}

function post(path: string, body: object): Promise<Response> {
  return fetch(`${hookpulse.urls.queryApi}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify(body),
  });
}

interface SentUpdate {
  readonly updateId: number;
  readonly chat: number;
}

const idOf = ({ updateId }: SentUpdate) => updateId;

interface Traffic {
  readonly sent: readonly SentUpdate[];
  /** @returns everything that was sent */
  stop(): readonly SentUpdate[];
}

function startTraffic(bot: StandInBot): Traffic {
  const sent: SentUpdate[] = [];
  const timer = setInterval(() => {
    const chat = sent.length % CHATS;
    const date = Math.floor(Date.now() / 1_000);
    const from = { id: chat, is_bot: false, first_name: 'User' };
    const value = {
      message_id: sent.length + 1,
      date,
      from,
      chat: { id: chat, type: 'private', first_name: 'User' },
      text: `Message ${sent.length}`,
    };
    const updateId = bot.send('message', value);
    if (updateId !== null) sent.push({ updateId, chat });
  }, SEND_INTERVAL_MS);
  return {
    sent,
    stop() {
      clearInterval(timer);
      return sent;
    },
  };
}
