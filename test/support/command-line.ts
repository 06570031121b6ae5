/** `npx hookpulse` as an operator types it: its bin, in a process of its own, on a pipe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Addresses } from './hookpulse-process.ts';

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin', 'hookpulse.mjs');

/**
 * @param env - the whole environment, but for PATH; in a folder without a `.env` unless given
 * @param interruptWhen - Ctrl-C is pressed when it resolves
 */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = tmpdir(),
  interruptWhen?: Promise<unknown>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const interrupted = interruptWhen?.then(() => child.kill('SIGINT'));
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    exitOf(child),
    interrupted,
  ]);
  return { exitCode, stdout, stderr };
}

/** A command that goes on until it is told to stop. */
export interface RunningCommand {
  stdout(): string;
  stderr(): string;
  /** As Ctrl-C does. @returns the exit code */
  interrupt(): Promise<number | null>;
}

export function startCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): RunningCommand {
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = exitOf(child);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    interrupt() {
      child.kill('SIGINT');
      return exited;
    },
  };
}

/** The settings by which commands find a Hookpulse that listens on ports of its own. */
export function settingsFor(urls: Addresses, dataDir: string): Record<string, string> {
  return {
    DATA_DIR: dataDir,
    INGEST_PORT: new URL(urls.ingest).port,
    QUERY_API_PORT: new URL(urls.queryApi).port,
    AGGREGATOR_PORT: new URL(urls.aggregator).port,
    ALERTER_PORT: new URL(urls.alerter).port,
    FORWARDER_PORT: new URL(urls.forwarder).port,
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}
