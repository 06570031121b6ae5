/** Types, lint and unused code: all that is checked without running anything. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { styleText } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules', '.bin');

const CHECKS: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['types', 'tsc', '--noEmit'],
  ['types of the dashboard', 'tsc', '--noEmit', '-p', 'packages/dashboard'],
  ['lint, format and import cycles', 'biome', 'check', '.'],
  ['unused files, exports, dependencies', 'knip'],
];

/**
 * Runs all checks, two at a time, so that one failure does not hide another. Prints what each says.
 * @returns the names of those that failed
 */
export async function runStaticChecks(): Promise<string[]> {
  const failed: string[] = [];
  const rest = CHECKS.values();
  const worker = async () => {
    for (const [name, command, ...args] of rest) {
      if (!(await passes(name, command, args))) failed.push(name);
    }
  };
  await Promise.all([worker(), worker()]);
  return failed;
}

async function passes(name: string, command: string, args: readonly string[]): Promise<boolean> {
  const startedMs = performance.now();
  const child = spawn(join(BIN, command), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk));
  const { promise, resolve } = Promise.withResolvers<number | null>();
  child.once('error', () => resolve(null));
  child.once('close', resolve);
  const isOk = (await promise) === 0;
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  if (!isOk) process.stdout.write(Buffer.concat(output));
  console.log(isOk ? green(`✓ ${name} (${seconds} s)`) : red(`✗ ${name} (${seconds} s)`));
  return isOk;
}

export function green(text: string): string {
  return styleText('green', text, { stream: process.stdout });
}

export function red(text: string): string {
  return styleText('red', text, { stream: process.stdout });
}
