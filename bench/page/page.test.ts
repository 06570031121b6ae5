import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { PeerRound, PeersResult } from '../peers/result.ts';
import { replaceBetween } from './between-markers.ts';
import { CHART_FILE, KEPT_FILE, README_FILE } from './files.ts';
import type { Result } from './measures.ts';
import { type KeptResults, renderPage, withNewer } from './page.ts';

const EMPTY_PAGE = `# Page
<!-- measures -->
what stood here
<!-- /measures -->
between
<!-- peers -->
<!-- /peers -->
end
`;

test('the page and the chart are those of the results that are kept with them', () => {
  const readme = readFileSync(README_FILE, 'utf8');
  const kept: KeptResults = JSON.parse(readFileSync(KEPT_FILE, 'utf8'));
  const page = renderPage(readme, kept);
  expect(page.readme).toBe(readme);
  expect(page.chart).toBe(readFileSync(CHART_FILE, 'utf8'));
});

test('the table has medians with their spread, and why a candidate was left out', () => {
  const { readme } = renderPage(EMPTY_PAGE, { peers: peersResult() });
  expect(readme).toContain(
    '| Go | 20,000 (10,000 to 30,000) | 2.0, 8.0 | 30 | 45 |\n' +
      '| **Hookpulse on Kafka** | 24,000 (20,000 to 30,000) | 2.0, 8.0 | 40 | 50 |\n' +
      '| Django | not measured: PostgreSQL is missing | | | |',
  );
  expect(readme).toContain('between');
  expect(readme).not.toContain('what stood here');
});

test('measures are ratios by round, with their verdicts; what has no figure is not measured', () => {
  const { readme } = renderPage(EMPTY_PAGE, { peers: peersResult() });
  const rows = readme.split('\n').filter((line) => line.startsWith('| ingest on Kafka'));
  expect(rows).toEqual([
    expect.stringContaining('| ≥ 1.0 | 1.20 (1.00 to 2.00) | reached | 2026-11-29 |'),
    expect.stringContaining('| ≥ 1.0 | 0.90 (0.90 to 0.90) | **missed** | 2026-11-29 |'),
  ]);
  expect(readme).toMatch(/bare Fastify [^|]*\| ≥ 0.75 \| not measured \|/);
});

test('p99 at half of the top rate is the embedded log’s own', () => {
  const embedded = { name: 'embedded', title: 'Embedded', role: 'hookpulse', stored: 9 } as const;
  const rounds = [round(20_000, 35, null)];
  const halfRate = [6, 11, 9].map((p99Ms) => ({ ...round(10_000, 35, null), p99Ms }));
  const peers = { ...peersResult(), candidates: [{ ...embedded, rounds, halfRate }] };
  const { readme } = renderPage(EMPTY_PAGE, { peers });
  expect(readme).toContain('| ≤ 10 ms | 9.0 ms (6.0 ms to 11 ms) | reached |');
});

test('bars are in proportion, and a title cannot break the chart', () => {
  const { chart } = renderPage(EMPTY_PAGE, { peers: peersResult('a <b> & `c`') });
  const widths = [...(chart ?? '').matchAll(/<rect [^>]*width="(\d+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(1.2, 1);
  expect(chart).toContain('>a &lt;b&gt; &amp; c<');
});

test('a newer result takes the place of an older one, and what the page does not show is left out', () => {
  const kept = { growth: { benchmark: 'growth', at: '2026-11-23', bots: 599 } };
  const older = { benchmark: 'growth', at: '2026-11-20', bots: 1 };
  const newer = { benchmark: 'growth', at: '2026-11-29', bots: 2 };
  expect(withNewer(kept, [older])).toEqual(kept);
  const others = [
    { benchmark: 'chaos', at: '2026-11-29' },
    { ...peersResult(), only: ['go'] },
  ];
  expect(withNewer(kept, [newer, ...others])).toEqual({ growth: newer });
});

test.each([
  ['many-bots', manyBots({}), manyBots({ options: { bots: 500 } })],
  ['many-bots', manyBots({}), manyBots({ options: { perSecond: 10 } })],
  ['many-bots', manyBots({}), manyBots({ options: { deliveries: 100 } })],
  ['visibility', visibility({}), visibility({ eventsPerSecond: 100 })],
  ['visibility', visibility({}), visibility({ reachedEventsPerSecond: 1_900 })],
  ['hand-overs', handOvers(5), handOvers(1)],
  ['growth', growthResult({}, {}), { ...growthResult({}, {}), events: 100_000 }],
  ['peers', peersResult(), { ...peersResult(), roundCount: 1 }],
])('%s: a newer result of other options than the row is about is left out', (name, old, other) => {
  const kept = { [name]: old };
  const found = { ...other, benchmark: name, at: '2026-11-30T20:00:00.000Z' };
  const alone = renderPage(EMPTY_PAGE, { [name]: found }).readme;
  expect(measuredRows(renderPage(EMPTY_PAGE, kept).readme)).toBeGreaterThan(0);
  expect(measuredRows(alone)).toBe(0);
  expect(withNewer(kept, [found])).toEqual(kept);
  const newer = { ...old, benchmark: name, at: '2026-11-30T20:00:00.000Z' };
  expect(withNewer(kept, [newer])).toEqual({ [name]: newer });
});

function measuredRows(readme: string): number {
  return readme.split('\n').filter((line) => /\| (reached|\*\*missed\*\*) \|/.test(line)).length;
}

function visibility(given: Readonly<Record<string, number>>): Result {
  const options = { probes: 60, eventsPerSecond: 2_000, reachedEventsPerSecond: 1_990 };
  return { at: '2026-11-29', ...options, ...given, p50Ms: 200, maxMs: 400 };
}

function handOvers(rounds: number): Result {
  const name = 'forwarder, share of undici';
  return {
    ...{ at: '2026-11-29', rounds, [name]: 0.5 },
    ...{ [`${name}, lowest`]: 0.5, [`${name}, highest`]: 0.5 },
  };
}

test('a kept result of another version is replaced', () => {
  const kept = { peers: { benchmark: 'peers', at: '2026-11-20', candidates: 'none' } };
  expect(withNewer(kept, [peersResult()])).toEqual({ peers: peersResult() });
});

test('services that did not have their own heaps are marked', () => {
  const own = { 'many-bots': manyBots({}) };
  expect(renderPage(EMPTY_PAGE, own).readme).not.toContain('heaps of');
  const options = { bots: 100_000, heapMiB: 2_000 };
  const results = { ...own, 'many-bots-100000': manyBots({ options }) };
  const row = renderPage(EMPTY_PAGE, results).readme.split('\n').find(isTenfold);
  expect(row).toContain('evaluation 10 ms; heaps of 2,000 MiB instead of their own | reached |');
});

test('the memory goals are for the peak and for growth, in their unit; a typed figure is marked', () => {
  const growth = growthResult({ memoryMiB: 571, peakMiB: 617 }, { memoryMiB: 629, peakMiB: 640 });
  const { readme } = renderPage(EMPTY_PAGE, { growth: { ...growth, typed: true } });
  expect(readme).toContain('| 599 MB, peak 647 MB | **missed** | 2026-11-23, typed |');
  expect(readme).toContain('| 660 MB, peak 671 MB | **missed** | 2026-11-23, typed |');
  const flat = growthResult({ memoryMiB: 571, peakMiB: 572 }, { memoryMiB: 627, peakMiB: 640 });
  const page = renderPage(EMPTY_PAGE, { growth: flat }).readme;
  expect(page).toContain('| 599 MB, peak 600 MB | reached | 2026-11-23 |');
  expect(page).toContain('| 657 MB, peak 671 MB | reached | 2026-11-23 |');
});

test.each([
  ['reached', { cpuUs: 115, healthMs: 13 }],
  ['**missed**', { cpuUs: 116, healthMs: 13 }],
  ['**missed**', { cpuUs: 115, healthMs: 13.1 }],
])('growth is %s by computing time and health', (verdict, larger) => {
  const { readme } = renderPage(EMPTY_PAGE, { growth: growthResult({}, larger) });
  const row = readme.split('\n').find((line) => line.startsWith('| CPU time an event')) ?? '';
  expect(row).toContain(`(25 min at full load) | ${verdict} | 2026-11-23 |`);
});

test('a share of a ceiling has its spread, and the page says that the machine was busy', () => {
  const [name, loadAverage] = ['aggregator, share of parsing', 4.9];
  const shares = { [name]: 0.61, [`${name}, lowest`]: 0.58, [`${name}, highest`]: 0.7 };
  const consumers = { at: '2026-11-29', loadAverage, cores: 2, ...shares };
  const { readme } = renderPage(EMPTY_PAGE, { consumers });
  expect(readme).toContain(
    '| ≥ 0.60 | 0.61 (0.58 to 0.70) | reached | 2026-11-29, load average 4.9 |',
  );
});

test.each([
  ['reached', { ingest: 190, forwarder: 286, aggregator: 572, alerter: 286 }],
  ['**missed**', { ingest: 192, forwarder: 286, aggregator: 572, alerter: 286 }],
])('memory of the services is %s by the most at any time, in MB', (verdict, mib) => {
  const readme = renderPage(EMPTY_PAGE, { 'many-bots': manyBots({ mib }) }).readme;
  const row = readme.split('\n').find((line) => line.startsWith('| memory of the services')) ?? '';
  expect(row).toContain(`, 300 MB | ${verdict} | 2026-11-29 |`);
});

test.each([
  ['reached', { seconds: 30, healthMs: 500 }],
  ['**missed**', { seconds: 30.1, healthMs: 500 }],
  ['**missed**', { seconds: 30, healthMs: 501 }],
])('ten times the bots are %s by every start, and ten times the cost', (verdict, larger) => {
  const results = {
    'many-bots': manyBots({}),
    'many-bots-100000': manyBots({ ...larger, options: { bots: 100_000 } }),
  };
  const row = renderPage(EMPTY_PAGE, results).readme.split('\n').find(isTenfold) ?? '';
  expect(row).toContain(`| ${verdict} |`);
  const alone = renderPage(EMPTY_PAGE, {
    ...results,
    'many-bots': manyBots({ options: { bots: 9 } }),
  }).readme;
  expect(alone.split('\n').find(isTenfold)).toContain('| not measured |');
});

test('bots of which not each had a delivery are marked, and reach no goal', () => {
  const options = { bots: 100_000, deliveries: 20_000 };
  const results = { 'many-bots': manyBots({}), 'many-bots-100000': manyBots({ options }) };
  const row = renderPage(EMPTY_PAGE, results).readme.split('\n').find(isTenfold);
  expect(row).toContain('evaluation 10 ms; deliveries to 20,000 of the bots | **missed** |');
});

function isTenfold(line: string): boolean {
  return line.startsWith('| 100,000 bots');
}

test('the table of peers says that the machine was busy', () => {
  const page = (loadAverage: number) =>
    renderPage(EMPTY_PAGE, { peers: { ...peersResult(), loadAverage } }).readme;
  expect(page(3.23)).toContain('**The machine was busy: load average 3.23 on 2 cores.');
  expect(page(0.9)).not.toContain('busy');
});

test('a result of another version is refused', () => {
  const peers = { ...peersResult(), candidates: [{ name: 'go', rounds: 'many' }] };
  expect(() => renderPage(EMPTY_PAGE, { peers })).toThrow('peers.json: /candidates/0');
});

test('a page without markers is refused', () => {
  expect(() => replaceBetween('text', 'peers', [])).toThrow('<!-- peers -->');
  expect(() => replaceBetween('<!-- /peers -->\n<!-- peers -->\n', 'peers', [])).toThrow('no');
});

function manyBots(given: {
  readonly mib?: Readonly<Record<string, number>>;
  readonly seconds?: number;
  readonly healthMs?: number;
  readonly options?: Readonly<Record<string, number | null>>;
}): Result {
  const services = ['ingest', 'forwarder', 'aggregator', 'alerter', 'query-api'];
  const figures = services.flatMap((service) => [
    [`${service}: peak, MiB`, given.mib?.[service] ?? 100],
    [`${service}: start, s`, given.seconds ?? 2],
  ]);
  return {
    ...{ benchmark: 'many-bots', at: '2026-11-29', bots: 10_000, perSecond: 1_000, heapMiB: null },
    ...given.options,
    ...Object.fromEntries(figures),
    'fleet health, p50 ms': given.healthMs ?? 50,
    'evaluation, mean ms': 10,
  };
}

function peersResult(title = 'Go'): PeersResult {
  return {
    benchmark: 'peers',
    at: '2026-11-29T19:00:00.000Z',
    machine: '2 cores',
    loadAverage: 0.1,
    cores: 2,
    versions: { Node: '24' },
    roundCount: 3,
    secondsPerRound: 5,
    connections: 100,
    bodyBytes: 495,
    candidates: [
      {
        ...{ name: 'go', title, role: 'peer', stored: 1 },
        rounds: [10_000, 20_000, 30_000].map((rate) => round(rate, 30, 15)),
      },
      {
        ...{ name: 'hookpulse', title: 'Hookpulse on Kafka', role: 'hookpulse', stored: 1 },
        rounds: [20_000, 24_000, 30_000].map((rate) => round(rate, 40, 10)),
      },
      { name: 'django', title: 'Django', role: 'peer', skipped: 'PostgreSQL is missing' },
    ],
  };
}

function round(
  requestsPerSecond: number,
  serverCpuUs: number,
  engineCpuUs: number | null,
): PeerRound {
  return { requestsPerSecond, serverCpuUs, engineCpuUs, p50Ms: 2, p99Ms: 8, loadCpuUs: 9 };
}

interface GrowthStep {
  readonly memoryMiB?: number;
  readonly peakMiB?: number;
  readonly cpuUs?: number;
  readonly healthMs?: number;
}

function growthResult(tenth: GrowthStep, all: GrowthStep): Result {
  const of = (name: string, { memoryMiB = 500, peakMiB = 500, cpuUs = 100, healthMs = 10 }) => ({
    [`${name}: memory, MiB`]: memoryMiB,
    [`${name}: peak, MiB`]: peakMiB,
    [`${name}: CPU, µs an event`]: cpuUs,
    [`${name}: fleet health, p50 ms`]: healthMs,
  });
  return {
    ...{ at: '2026-11-23', events: 10_000_000, minutes: 25 },
    ...of('a tenth of the events', tenth),
    ...of('all events', all),
    ...of('ten times the bots', {}),
    ...of('a day', {}),
    ...of('ten days', {}),
  };
}
