import { parsePrometheusText, sampleValue } from '@hookpulse/common/testing/prometheus-text';
import { expect, test } from '@jest/globals';
import { Gauge, Registry } from 'prom-client';
import { MetricsPage } from './metrics-page.ts';

const LIMIT_MS = 20;

function open() {
  const registry = new Registry();
  const lag = new Gauge({ name: 'lag', help: 'Lag.', labelNames: ['x'], registers: [registry] });
  const page = new MetricsPage(registry, LIMIT_MS);
  const shown = async () => sampleValue(parsePrometheusText(await page.text()), 'lag', { x: 'a' });
  const source = (read: () => Promise<number> | number) => ({
    read,
    show: (value: number) => lag.set({ x: 'a' }, value),
    clear: () => lag.reset(),
  });
  return { page, shown, source };
}

test('shows the values of the moment', async () => {
  const { page, shown, source } = open();
  let value = 1;
  page.addSource(
    'lag',
    source(() => value),
  );
  expect(await shown()).toBe(1);
  value = 2;
  expect(await shown()).toBe(2);
});

test('shows nothing rather than something old: when it cannot be read, nor in time', async () => {
  const { page, shown, source } = open();
  const answers = [
    async () => 1,
    () => Promise.reject(new Error('away')),
    async () => 2,
    () => new Promise<number>(() => {}),
    async () => 3,
    () => {
      throw new Error('away');
    },
  ];
  page.addSource(
    'lag',
    source(() => answers.shift()?.() ?? 0),
  );
  const seen: (number | null)[] = [];
  for (let n = 0; n < 6; n += 1) seen.push(await shown());
  expect(seen).toEqual([1, null, 2, null, 3, null]);
});

test('what comes too late is not shown later', async () => {
  const { page, shown, source } = open();
  const late = Promise.withResolvers<number>();
  page.addSource(
    'lag',
    source(() => late.promise),
  );
  expect(await shown()).toBeNull();
  page.addSource(
    'lag',
    source(() => Promise.reject(new Error('away'))),
  );
  late.resolve(7);
  await late.promise;
  expect(await shown()).toBeNull();
});

test('is made once for all who ask while it is made', async () => {
  const { page, source } = open();
  let reads = 0;
  page.addSource(
    'lag',
    source(async () => {
      reads += 1;
      return 1;
    }),
  );
  const [first, ...others] = await Promise.all(Array.from({ length: 50 }, () => page.text()));
  expect(reads).toBe(1);
  expect(new Set(others)).toEqual(new Set([first]));
  await page.text();
  expect(reads).toBe(2);
});
