/** `hookpulse replay`: what it asks the query API for, and what it wants to be sure of before. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { runCommandLine } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';

const NOW = '2026-02-10T20:00:00.000Z';
const requests: object[] = [];
const server = createServer(async (request, response) => {
  const asked = JSON.parse(await text(request));
  requests.push(asked);
  const answer = {
    replay_id: 'r',
    bot_id: asked.bot_id,
    dry_run: asked.dry_run ?? false,
    updates: 12,
    first: null,
    last: null,
    next_cursor: null,
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answer));
});

beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
afterAll(() => void server.close());
beforeEach(() => void requests.splice(0));

async function run(args: string, answer: boolean | null = null) {
  const asked: string[] = [];
  const warned: string[] = [];
  const terminal: Terminal = {
    print: () => undefined,
    warn: (line) => void warned.push(line),
    style: (_style, line) => line,
    isInteractive: answer !== null,
    confirm: async (question) => {
      asked.push(question);
      return answer ?? false;
    },
    askSecret: async () => null,
    readInput: async () => '',
    onInterrupt: () => () => undefined,
  };
  const { port } = server.address() as AddressInfo;
  const access = ['--url', `http://127.0.0.1:${port}`, '--token', 't'];
  const exitCode = await runCommandLine(['replay', 'shop', ...access, ...args.split(' ')], {
    terminal,
    env: {},
    nowMs: Date.parse(NOW),
  });
  return { exitCode, asked, warned: warned.join('\n') };
}

test.each([
  ['--only dead', { only: 'dead', to: NOW }],
  ['--only all', { only: 'all', to: NOW }],
  ['--to 1h', { to: '2026-02-10T19:00:00.000Z' }],
  ['--update -1 7', { update_ids: [-1, 7] }],
])('%s: counts, asks, and delivers the same', async (args, request) => {
  const { exitCode, asked } = await run(args, true);
  expect({ exitCode, asked }).toEqual({
    exitCode: 0,
    asked: ['Deliver 12 updates to shop again?'],
  });
  const whole = { bot_id: 'shop', ...request };
  expect(requests).toEqual([{ ...whole, dry_run: true }, whole]);
});

test('without a beginning it delivers nothing that was not confirmed', async () => {
  expect((await run('--only dead')).warned).toContain('requires --yes');
  expect(await run('--only dead', false)).toMatchObject({ exitCode: 1 });
  expect(requests).toEqual([expect.objectContaining({ dry_run: true })]);
});

test('all that the log has is delivered only where that is said', async () => {
  expect((await run('--yes')).warned).toContain('Say which updates');
  expect(requests).toEqual([]);
  expect(await run('--only all --yes')).toMatchObject({ exitCode: 0 });
});

test.each(['1.5', '9007199254740992', 'x'])('an update_id is no %s', async (id) => {
  expect(await run(`--update ${id} --yes`)).toMatchObject({ exitCode: 1 });
  expect(requests).toEqual([]);
});
