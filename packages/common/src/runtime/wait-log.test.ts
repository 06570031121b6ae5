import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { createWaitLog, reasonOf } from './wait-log.ts';

function recordedWait() {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  return { lines, wait: createWaitLog(logger, 'waiting') };
}

test('each reason of a wait is said once, without a stack', () => {
  const { lines, wait } = recordedWait();
  const refused = new Error('no answer', { cause: new Error('connect ECONNREFUSED') });
  for (const _ of [1, 2, 3]) wait.failed(refused, { engine: 'log' });
  wait.failed(new Error('still starting'));
  wait.failed(refused);
  expect(lines).toMatchObject([
    { msg: 'waiting', engine: 'log', reason: 'no answer: connect ECONNREFUSED' },
    { msg: 'waiting', reason: 'still starting' },
  ]);
  expect(JSON.stringify(lines)).not.toContain('stack');
  wait.over();
  wait.failed(refused);
  expect(lines).toHaveLength(3);
});

test('a fault of ours shows where it is', () => {
  const { lines, wait } = recordedWait();
  wait.failed(new TypeError('undefined is not a function'));
  expect(lines).toMatchObject([{ err: { type: 'TypeError', stack: expect.any(String) } }]);
});

test('a reason that only repeats its cause is said once', () => {
  expect(reasonOf(new Error('gone', { cause: new Error('gone') }))).toBe('gone');
  expect(reasonOf('text')).toBe('text');
});
