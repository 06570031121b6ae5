/** What a terminal, and a pipe, are handed. */
import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';

/** What a program prints that uses the terminal. @param env - `FORCE_COLOR: '1'`: as in a terminal */
function printed(code: string, env: Readonly<Record<string, string>> = {}) {
  const module = new URL('./terminal.ts', import.meta.url).href;
  const program = `import { processTerminal } from ${JSON.stringify(module)};
    const terminal = processTerminal();
    ${code}`;
  const args = ['--no-warnings', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  return { stdout, stderr };
}

const CODE = String.raw`
  const name = 'x\u001b[31m\u202e\u2028\u009b2J\r';
  terminal.print(terminal.style('green', name) + ' ' + name);
  terminal.warn(name);
`;

test('no text of others gives orders, in a pipe', () => {
  const name = String.raw`x\u001b[31m\u202e\u2028\u009b2J\u000d`;
  expect(printed(CODE)).toEqual({ stdout: `${name} ${name}\n`, stderr: `${name}\n` });
});

test('nor in a terminal, where only our own styles do', () => {
  const { stdout } = printed(CODE, { FORCE_COLOR: '1' });
  const name = String.raw`x\u001b[31m\u202e\u2028\u009b2J\u000d`;
  expect(stdout).toBe(`\x1b[32m${name}\x1b[39m ${name}\n`);
});
