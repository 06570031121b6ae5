import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FLAGS, parseBenchArguments } from './bench-arguments.ts';

const KNOWN = ['health', 'sdk-away', 'forwarder'];

test.each([
  ['health sdk-away', ['health', 'sdk-away'], [], []],
  ['sdk-away --seconds 40', ['sdk-away'], ['--seconds', '40'], []],
  ['sdk-away --seconds=40 --json', ['sdk-away'], ['--seconds=40', '--json'], []],
  // The value of an option may be the name of a benchmark.
  ['forwarder --only health', ['forwarder'], ['--only', 'health'], []],
  ['--json health', ['health'], ['--json'], []],
  ['--json helth', [], ['--json'], ['helth']],
  ['--seconds=40 helth', [], ['--seconds=40'], ['helth']],
  ['health --seconds 40 helth', ['health'], ['--seconds', '40'], ['helth']],
  ['helth', [], [], ['helth']],
  ['', [], [], []],
])('%p', (line, names, options, unknown) => {
  const args = line.split(' ').filter(Boolean);
  expect(parseBenchArguments(args, KNOWN)).toEqual({ names, options, unknown });
});

test('the options without a value are those of the benchmarks', () => {
  const folder = join(import.meta.dirname, '..');
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const source = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const optionsOf = (type: string) => {
    const found = source.matchAll(new RegExp(`'?([\\w-]+)'?: \\{\\s*type: '${type}'`, 'g'));
    return new Set([...found].map(([, name]) => `--${name}`));
  };
  expect([...optionsOf('boolean')].toSorted()).toEqual(FLAGS);
  expect(FLAGS.filter((flag) => optionsOf('string').has(flag))).toEqual([]);
});
