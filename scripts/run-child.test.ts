/** That nothing goes on when the program around it is asked to stop. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from '@hookpulse/common/testing/until';
import { expect, test } from '@jest/globals';
import { runChild } from './run-child.ts';

const MODULE = join(import.meta.dirname, 'run-child.ts');
const NODE = process.execPath;

test.each([0, 3])('a program that ends with %i', async (code) => {
  expect(await runChild([NODE, '-e', `process.exit(${code})`])).toBe(code);
});

test('a program that a signal ends', async () => {
  expect(await runChild([NODE, '-e', 'process.kill(process.pid, "SIGKILL")'])).toBe(137);
});

test('a program that is not there', async () => {
  await expect(runChild(['/nowhere/program'])).rejects.toThrow('ENOENT');
});

test('a signal ends the program, and then the one around it', async () => {
  const inner = 'console.log(process.pid); setInterval(() => undefined, 1_000)';
  const outer = `const { runChild } = await import(${JSON.stringify(MODULE)});
    process.exitCode = await runChild([${JSON.stringify(NODE)}, '-e', ${JSON.stringify(inner)}]);`;
  const around = spawn(NODE, ['--input-type=module', '-e', outer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line]: string[] = await once(createInterface({ input: around.stdout }), 'line');
  const exited = once(around, 'exit');
  around.kill('SIGTERM');
  expect(await exited).toEqual([143, null]);
  await until('the program to be gone', () => !isRunning(Number(line)));
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
