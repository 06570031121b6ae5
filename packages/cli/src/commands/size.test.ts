/** `hookpulse size` as people type it. */
import { expect, test } from '@jest/globals';
import { runCommandLine } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';

/** @param args - apart by spaces, or one each */
async function run(args: string | readonly string[]) {
  const printed: string[] = [];
  const warned: string[] = [];
  const terminal: Terminal = {
    print: (text) => void printed.push(text),
    warn: (text) => void warned.push(text),
    style: (_style, text) => text,
    isInteractive: false,
    confirm: async () => false,
    askSecret: async () => null,
    readInput: async () => '',
    onInterrupt: () => () => undefined,
  };
  const words = typeof args === 'string' ? args.split(' ').filter(Boolean) : args;
  const exitCode = await runCommandLine(['size', ...words], {
    terminal,
    env: {},
    nowMs: 0,
  });
  return { exitCode, printed: printed.join('\n'), warned: warned.join('\n') };
}

test('answers in words', async () => {
  const { exitCode, printed, warned } = await run('--updates 100k/s --bots 1M --retention 7d');
  expect({ exitCode, warned }).toEqual({ exitCode: 0, warned: '' });
  expect(printed).toMatch(/^100,000 updates\/s of 1,000,000 bots, 7 days kept\n200,000 events\/s/);
  for (const line of [
    /^ingest +\d+ /m,
    /^Kafka +\d+ /m,
    /^ClickHouse, \d shards? × 3 /m,
    /^partitions +\d/m,
  ]) {
    expect(printed).toMatch(line);
  }
  expect(printed).toMatch(/^First bottleneck: .+, used to \d+ %, full at [\d,]+ bots: /m);
});

test.each([
  ['1k --bots 1000M', /^It fits when it is split into 2,\d\d\d Hookpulses by ranges of bots\.$/m],
  [
    '100k --largest-bot 50k',
    /^It does not fit when it is split into several Hookpulses by ranges of bots either\.$/m,
  ],
])('%s: says whether a split helps', async (args, sentence) => {
  expect((await run(`--updates ${args}`)).printed).toMatch(sentence);
});

test('prints JSON for programs, with the assumptions', async () => {
  const answer = async (args: string) =>
    JSON.parse((await run(`--json --updates ${args}`)).printed);
  const plain = await answer('6M/min --mean 10k/s --bots 10k');
  expect(plain).toMatchObject({
    demand: { updates_per_second: 100_000, mean_updates_per_second: 10_000, bots: 10_000 },
    events_per_second: 200_000,
    services: { forwarder: { instances: 0 } },
    fits: expect.any(Boolean),
  });
  const forwarded = await answer('100k/s --forwarded 100% --reports-per-update 0 --bots 10k');
  expect(forwarded.services.forwarder.instances).toBeGreaterThan(2);
  expect(forwarded.events_per_second).toBe(200_000);
  const large = await answer('100k/s --largest-bot 50k/s');
  expect(large).toMatchObject({
    fits: false,
    first_bottleneck: expect.stringContaining('largest bot'),
  });
  const short = await answer('100k/s --replicas 1 --mean 10k/s --log-retention 24h');
  expect(short.disk_bytes.kafka * 3 * 7).toBeCloseTo(plain.disk_bytes.kafka, -3);
});

test.each([
  ['--updates 100kb', 'Must be a rate like 500/s, 100k/s or 6M/min, not "100kb".'],
  ['--updates -5/s', 'Must be a rate like 500/s, 100k/s or 6M/min, not "-5/s".'],
  ['--updates 0', 'Must be a rate like 500/s, 100k/s or 6M/min, not "0".'],
  ['--updates 1k --bots 1.5', 'Must be a number like 500, 10k or 1M, not "1.5".'],
  ['--updates 1k --bots 1234567.5', 'Must be a number like 500, 10k or 1M, not "1234567.5".'],
  ['--updates 1k --bots 0', 'Must be a number like 500, 10k or 1M, not "0".'],
  ['--updates 1k --bots -5', 'Must be a number like 500, 10k or 1M, not "-5".'],
  ['--updates 1k --bots 2G', 'Must be a number like 500, 10k or 1M, not "2G".'],
  ['--updates 1k --retention 7', 'Must be a time like 36h, 7d or 4w, at most 10 years, not "7".'],
  ['--updates 1k --retention 7months', 'not "7months".'],
  ['--updates 1k --retention 7constructor', 'not "7constructor".'],
  ['--updates 1k --retention -7d', 'not "-7d".'],
  ['--updates 1k --retention 0d', 'not "0d".'],
  [
    '--updates 1k --update-bytes 2GB',
    'Must be a size like 500, 500B or 2kB, at most 1MB, not "2GB".',
  ],
  ['--updates 1k --forwarded 150%', 'Must be a share from 0 to 1, or from 0% to 100%.'],
  ['--updates 1k --busy 5%', 'Must be a share from 0.2 to 1, or from 20% to 100%.'],
  ['--updates 1k --mean 2k', '--mean is above --updates, which is the rate at the busiest time.'],
  ['--updates 1k --largest-bot 2k', '--largest-bot is above --updates'],
  ['', "required option '--updates <rate>' not specified"],
])('%s: says the right form', async (args, message) => {
  const { exitCode, printed, warned } = await run(args);
  expect(exitCode).not.toBe(0);
  expect(printed).toBe('');
  expect(warned).toContain(message);
});

test.each([
  ['500', 500],
  ['100k/s', 100_000],
  ['100K/s', 100_000],
  ['4.1M/s', 4_100_000],
  ['6M/min', 100_000],
  ['1_000_000/s', 1_000_000],
  ['86.4k per d', 1],
])('%s is %d updates a second', async (typed, rate) => {
  const { printed } = await run(['--json', '--updates', typed]);
  expect(JSON.parse(printed).demand.updates_per_second).toBeCloseTo(rate, 6);
});

// Times a million, some of these are not whole for a computer.
test.each([
  ['500', 500],
  ['4.1M', 4_100_000],
  ['8.2M', 8_200_000],
  ['2.01M', 2_010_000],
  ['1.001k', 1_001],
  ['12,500', 12_500],
  ['1G', 1e9],
])('%s is %d bots', async (typed, bots) => {
  const { printed } = await run(['--json', '--updates', '1k', '--bots', typed]);
  expect(JSON.parse(printed).demand.bots).toBe(bots);
});

test.each([
  // EVENT_RETENTION_DAYS is a number of days.
  ['36h', 2],
  ['24h', 1],
  ['72h', 3],
  ['1h', 1],
  ['7d', 7],
  ['7 days', 7],
  ['1 day', 1],
  ['4w', 28],
  ['2 weeks', 14],
])('%s is %d days', async (typed, days) => {
  const { printed } = await run(['--json', '--updates', '1k', '--retention', typed]);
  expect(JSON.parse(printed).demand.retention_days).toBe(days);
});
