/** The product as users run it: a process of its own, on free ports and a folder of its own. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import { LAUNCH_ENVIRONMENT, nodeFlags } from '../../scripts/launch.mjs';
import { watchLogLine } from './log-rules.ts';

export interface Addresses {
  readonly ingest: string;
  readonly queryApi: string;
  readonly aggregator: string;
  readonly alerter: string;
  readonly forwarder: string;
}

/** A Hookpulse that runs, in one process or several. */
export interface RunningHookpulse {
  readonly urls: Addresses;
  /** What it printed up to now. */
  output(): string;
  /** Sends the signal and resolves with the exit code; null when the signal killed it. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface HookpulseProcess extends RunningHookpulse {
  readonly pid: number;
}

export interface ExitedProcess {
  readonly exitCode: number | null;
  readonly output: string;
}

const ROOT = join(import.meta.dirname, '..', '..');
const START_FILE = 'scripts/start-embedded.ts';
/** chDB's library alone is half a gigabyte, and other tests may keep the machine busy. */
const START_TIMEOUT_MS = 120_000;
/** It has ten seconds of its own; a busy machine is given more. */
const STOP_LIMIT_MS = 60_000;
const FREE_PORTS = {
  INGEST_PORT: '0',
  QUERY_API_PORT: '0',
  AGGREGATOR_PORT: '0',
  ALERTER_PORT: '0',
  FORWARDER_PORT: '0',
};

export interface StartOptions {
  /** A command that ends by becoming the command that it is given. Default: none. */
  readonly launcher?: readonly string[];
  /** The checkout whose code it runs. Default: this one. */
  readonly root?: string;
  /** As behind `npm start --`. Default: none. */
  readonly args?: readonly string[];
}

/** Starts it and resolves when it says that it is ready. @throws Error with its output otherwise. */
export async function startHookpulse(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<HookpulseProcess> {
  const { child, lines } = spawnHookpulse(dataDir, env, options);
  const urls = await readyAddresses(child, lines);
  if (child.pid === undefined) throw new Error('the process has no id');
  return {
    urls,
    pid: child.pid,
    output: () => lines.join('\n'),
    async stop(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const giveUp = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await once(child, 'exit');
      clearTimeout(giveUp);
      if (child.signalCode === 'SIGKILL' && signal !== 'SIGKILL') {
        throw new Error(`it did not exit after ${signal}; its last words: ${lines.at(-1)}`);
      }
      return child.exitCode;
    },
  };
}

/** Starts it where it is expected to give up. */
export async function runHookpulse(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  options: StartOptions = {},
): Promise<ExitedProcess> {
  const { child, lines } = spawnHookpulse(dataDir, env, options);
  await once(child, 'close');
  return { exitCode: child.exitCode, output: lines.join('\n') };
}

/**
 * Runs `npm start` itself, sends npm the signal once it is ready, and resolves when npm and whatever
 * it started are gone.
 */
export async function runNpmStart(dataDir: string, signal: NodeJS.Signals): Promise<ExitedProcess> {
  const { child, lines } = collectLines(
    spawn('npm', ['start'], {
      cwd: ROOT,
      env: environment(dataDir),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  await readyAddresses(child, lines);
  child.kill(signal);
  // Not `exit`: the pipes close when the last process that writes to them ends.
  await once(child, 'close');
  return { exitCode: child.exitCode, output: lines.join('\n') };
}

/** As `npm start` runs it, without the installer in between: it would survive a kill. */
function spawnHookpulse(
  dataDir: string,
  env: Readonly<Record<string, string>>,
  { launcher = [], root = ROOT, args: ownArgs = [] }: StartOptions,
) {
  const args = [...nodeFlags(START_FILE, env), join(root, START_FILE), ...ownArgs];
  const [command = process.execPath, ...given] = [...launcher, process.execPath, ...args];
  return collectLines(
    spawn(command, given, {
      // No .env file of the tester's may leak in.
      cwd: tmpdir(),
      env: { ...environment(dataDir), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Nothing of the tester's own settings. */
function environment(dataDir: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', ...LAUNCH_ENVIRONMENT, ...FREE_PORTS, DATA_DIR: dataDir };
}

function collectLines(child: ChildProcessByStdio<null, Readable, Readable>) {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      watchLogLine(line);
      lines.push(line);
    });
  }
  return { child, lines };
}

/** The addresses that the welcome names, once it is printed whole. What does not get there is ended. */
async function readyAddresses(child: ChildProcess, lines: string[]): Promise<Addresses> {
  const addresses = () => {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new GiveUpError(`Hookpulse did not start:\n${lines.join('\n')}`);
    }
    return lines.some((line) => line.includes('Ctrl-C stops it')) && parseWelcome(lines.join('\n'));
  };
  try {
    return await until('Hookpulse to start', addresses, START_TIMEOUT_MS);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function parseWelcome(text: string): Addresses {
  return {
    ingest: match(text, /ingest +(http\S+)/),
    queryApi: match(text, /dashboard +(http\S+)/),
    aggregator: match(text, /(http\S+) \(aggregator\)/),
    alerter: match(text, /(http\S+) \(alerter\)/),
    // v0.1.0 has none.
    forwarder: /(http\S+) \(forwarder\)/.exec(text)?.[1] ?? '',
  };
}

function match(text: string, pattern: RegExp): string {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`the welcome has no ${pattern.source}:\n${text}`);
  return found;
}
