import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { endChild } from './end-child.ts';
import { ask, nextMessage } from './next-message.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookpulse-next-message-'));
afterAll(() => rmSync(folder, { recursive: true }));

function start(source: string): ChildProcess {
  const file = join(folder, `program-${Math.random()}.mjs`);
  writeFileSync(file, source);
  return fork(file, { execArgv: [] });
}

test('a report is read, also when the program ends directly after it', async () => {
  const child = start("process.send('done', () => process.exit());");
  expect(await nextMessage(child, 'it')).toBe('done');
  await endChild(child);
});

test('an order is answered', async () => {
  const child = start("process.on('message', (order) => process.send([order]));");
  expect(await ask(child, 'go', 'it')).toEqual(['go']);
  await endChild(child);
});

test('waiting for a program that ends fails, and so does asking one that has ended', async () => {
  const child = start("process.kill(process.pid, 'SIGKILL');");
  await expect(nextMessage(child, 'the load')).rejects.toThrow('the load has ended');
  await expect(ask(child, 'go', 'the load')).rejects.toThrow('the load has ended');
  await endChild(child);
});
