/** Bots written in Python, as processes of their own that say on their output what they do. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import type { LibraryBot, LibraryBotOptions, StartLibraryBot } from './library-bots.ts';

const SCRIPTS = join(import.meta.dirname, 'python');
/** aiogram alone takes seconds to load on a busy machine. */
const START_TIMEOUT_MS = 120_000;

/** @param env - more than what every bot is told */
export function pythonBot(
  python: string,
  script: 'aiogram_bot.py' | 'plain_bot.py',
  env: Readonly<Record<string, string>> = {},
): StartLibraryBot {
  return (options) => start(python, join(SCRIPTS, script), options, env);
}

async function start(
  python: string,
  script: string,
  { bot, telegramUrl, secret }: LibraryBotOptions,
  env: Readonly<Record<string, string>>,
): Promise<LibraryBot> {
  const child = spawn(python, [script], {
    env: { BOT_TOKEN: bot.identity.token, TELEGRAM_API_URL: telegramUrl, SECRET: secret, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const handled: number[] = [];
  const said: string[] = [];
  let url: string | null = null;
  createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { url: told, handled: updateId } = JSON.parse(line);
    if (told) url = told;
    if (updateId) handled.push(updateId);
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const listening = () => {
    if (hasEnded()) throw new GiveUpError(`the bot did not start:\n${said.join('\n')}`);
    return url;
  };
  try {
    const found = await until('the bot to start', listening, START_TIMEOUT_MS);
    return { url: found, handled, close: () => end(child) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

async function end(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}
