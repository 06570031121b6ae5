import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { UsageError, usageOf, wholeNumber } from './bench-options.ts';

test.each(['0', '-1', '1.5', 'x', '', '1e3', ' 1'])('%p is no number of rounds', (text) => {
  expect(() => wholeNumber('--rounds', text)).toThrow(UsageError);
  expect(() => wholeNumber('--rounds', text)).toThrow(`--rounds is "${text}". It must be`);
});

test('a number is at least what is asked for', () => {
  expect(wholeNumber('--rounds', '1')).toBe(1);
  expect(wholeNumber('--views', '0', 0)).toBe(0);
  expect(() => wholeNumber('--bots', '4999', 5_000)).toThrow('at least 5000');
});

test('the usage has every option with its default', () => {
  const options = {
    bots: { type: 'string', default: '10' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  } as const;
  expect(usageOf('growth', options)).toBe(
    'usage: npm run bench -- growth [--bots 10] [--only <value>] [--json]',
  );
});

test('no benchmark reads its options by itself', () => {
  const folder = join(import.meta.dirname, '..');
  const benchmarks = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const reading = benchmarks.filter((name) =>
    /\bparseArgs\b|Number\(options/.test(readFileSync(join(folder, name), 'utf8')),
  );
  expect(reading).toEqual([]);
});
