/**
 * A Python with aiogram and python-telegram-bot, in a virtual environment that is made when it is missing
 * and kept in the user's cache; and bots that run in it. Where there is no Python or no PyPI, the tests are
 * skipped, and say why. With `CI=true` they fail.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe } from '@jest/globals';
import type { ObservedBot, ObservedBotOptions } from './observed-bots.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const SDK = join(ROOT, 'packages', 'sdk-python');
const REQUIREMENTS = join(SDK, 'requirements-test.txt');
const BOTS = join(import.meta.dirname, 'python');
/** aiogram and python-telegram-bot need it; the SDK itself runs on 3.9. */
const LEAST = [3, 10] as const;
const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];
const INSTALL_TIMEOUT_MS = 600_000;

/** Where the SDK's modules are. */
export const PYTHON_PATH = join(SDK, 'src');

let found: { readonly python: string } | { readonly reason: string } | null = null;

/** A `describe` that is skipped, with the reason in its name, where there is no such Python. */
export function describeWithPython(name: string, declareTests: (python: string) => void): void {
  found ??= preparePython();
  if ('python' in found) {
    const { python } = found;
    describe(name, () => declareTests(python));
    return;
  }
  if (process.env.CI === 'true') throw new Error(found.reason);
  describe.skip(`${name} (skipped: ${found.reason})`, () => declareTests('python3'));
}

function preparePython(): { python: string } | { reason: string } {
  const system = NAMES.find(isNewEnough);
  if (system === undefined) return { reason: `there is no Python ${LEAST.join('.')} or later` };
  const version = output(system, ['-c', 'import sys; print(sys.version)']);
  const hash = createHash('sha256')
    .update(version)
    .update(readFileSync(REQUIREMENTS))
    .digest('hex');
  const folder = join(homedir(), '.cache', 'hookpulse', `python-${hash.slice(0, 16)}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { python };
  // Under another name first: what is there is whole, and two who make it do not meet.
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(join(folder, '..'), { recursive: true });
  try {
    mustRun(system, ['-m', 'venv', '--without-pip', unfinished]);
    const target = join(unfinished, 'bin', 'python');
    mustRun(system, ['-m', 'pip', '--python', target, 'install', '--quiet', '-r', REQUIREMENTS]);
    if (!existsSync(folder)) renameSync(unfinished, folder);
    return { python };
  } catch (error) {
    return { reason: String(error instanceof Error ? error.message : error) };
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function isNewEnough(name: string): boolean {
  const [major, minor] = LEAST;
  const script = `import sys; print(sys.version_info >= (${major}, ${minor}))`;
  return output(name, ['-c', script]).trim() === 'True';
}

function output(command: string, args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout ?? '';
}

/** @throws Error with the last line of what it said */
function mustRun(command: string, args: readonly string[]): void {
  const options = { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS } as const;
  const { status, stderr } = spawnSync(command, args, options);
  if (status === 0) return;
  const [reason = 'no reason given'] = (stderr ?? '').trim().split('\n').slice(-1);
  throw new Error(`${command} ${args.slice(0, 2).join(' ')} failed: ${reason}`);
}

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
