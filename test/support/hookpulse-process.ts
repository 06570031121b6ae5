/** The product as users run it: a process of its own, on free ports and a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Addresses {
  readonly ingest: string;
  readonly queryApi: string;
  readonly aggregator: string;
  readonly alerter: string;
}

export interface HookpulseProcess {
  readonly urls: Addresses;
  /** What it printed up to now. */
  output(): string;
  /** Sends the signal and resolves with the exit code; null when the signal killed it. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ExitedProcess {
  readonly exitCode: number | null;
  readonly output: string;
}

const START_SCRIPT = join(import.meta.dirname, '..', '..', 'scripts', 'start-embedded.ts');
const FREE_PORTS = {
  INGEST_PORT: '0',
  QUERY_API_PORT: '0',
  AGGREGATOR_PORT: '0',
  ALERTER_PORT: '0',
};

/** Starts it and resolves when it says that it is ready. @throws Error with its output otherwise. */
export async function startHookpulse(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<HookpulseProcess> {
  const { child, lines } = spawnHookpulse(dataDir, env);
  const urls = await readyAddresses(child, lines);
  return {
    urls,
    output: () => lines.join('\n'),
    async stop(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      await once(child, 'exit');
      return child.exitCode;
    },
  };
}

/** Starts it where it is expected to give up. */
export async function runHookpulse(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ExitedProcess> {
  const { child, lines } = spawnHookpulse(dataDir, env);
  await once(child, 'close');
  return { exitCode: child.exitCode, output: lines.join('\n') };
}

function spawnHookpulse(dataDir: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', START_SCRIPT], {
    // Nothing of the tester's own environment or .env file may leak in.
    cwd: dataDir,
    env: { PATH: process.env.PATH, ...FREE_PORTS, DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return { child, lines };
}

async function readyAddresses(child: ChildProcess, lines: string[]): Promise<Addresses> {
  for (;;) {
    const ready = lines.map(parseReadyLine).find((urls) => urls !== null);
    if (ready) return ready;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`Hookpulse did not start:\n${lines.join('\n')}`);
    }
    await Promise.race([once(child, 'exit'), once(child.stdout ?? child, 'data')]);
  }
}

function parseReadyLine(line: string): Addresses | null {
  if (!line.includes('"msg":"ready"')) return null;
  const { ingest, queryApi, aggregator, alerter } = JSON.parse(line) as Addresses;
  return { ingest, queryApi, aggregator, alerter };
}
