/** A program that runs in the place of this one for a while. */
import { type SpawnOptions, spawn } from 'node:child_process';
import { constants } from 'node:os';

const STOPPING = ['SIGTERM', 'SIGHUP', 'SIGINT'] as const;

/**
 * Runs a program to its end. A signal that asks this process to stop goes to the program, which then
 * ends what it has started; this process waits for that.
 * @returns its exit code; of a program that a signal ended 128 and the signal's number, as in a shell
 */
export async function runChild(
  [command, ...args]: readonly [string, ...string[]],
  options: SpawnOptions = { stdio: 'inherit' },
): Promise<number> {
  const child = spawn(command, args, options);
  const pass = (signal: NodeJS.Signals) => {
    // Ctrl-C in a terminal has reached the child already.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of STOPPING) process.on(signal, pass);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.once('error', reject);
  child.once('exit', (code, signal) =>
    resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
  );
  try {
    return await promise;
  } finally {
    for (const stopping of STOPPING) process.off(stopping, pass);
  }
}
