/** Bots that run in Python, with the SDK's modules. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ObservedBot, ObservedBotOptions } from './observed-bots.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SDK = join(ROOT, 'packages', 'sdk-python');
const BOTS = join(import.meta.dirname, 'python');

/** Where the SDK's modules are. */
export const PYTHON_PATH = join(SDK, 'src');

/** @param file - in the folder `python` beside this file */
export async function startPythonBot(
  python: string,
  file: string,
  { bot, telegramUrl, secret, report }: ObservedBotOptions,
): Promise<ObservedBot> {
  const child = spawn(python, ['-B', join(BOTS, file)], {
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: PYTHON_PATH,
      BOT_TOKEN: bot.identity.token,
      BOT_SECRET: secret,
      TELEGRAM_URL: telegramUrl,
      ...(report ? { REPORT_URL: report.url, REPORT_TOKEN: report.token } : {}),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text));
  const told = new Map<string, string[]>();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  createInterface(child.stdout).on('line', (line) => {
    const [, word = '', rest = ''] = /^(\w+) (.*)$/.exec(line) ?? [];
    told.set(word, [...(told.get(word) ?? []), rest]);
    if (word === 'ready') resolve();
  });
  const ended = once(child, 'close');
  ended.then(() => reject(new Error(`${file} ended: ${errors.join('')}`)), reject);
  await ready;
  return {
    url: told.get('ready')?.[0] ?? '',
    get thrown() {
      return told.get('thrown') ?? [];
    },
    async close() {
      child.stdin.end();
      await ended;
      return Number(told.get('dropped')?.[0] ?? 0);
    },
  };
}
