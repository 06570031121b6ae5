/** Sizes against what was measured, and what holds for every demand. */
import { readMigrations } from '@hookpulse/store/migrate';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CAPACITY_LOAD } from './capacity-load.ts';
import { limitsOf, partsThatFit } from './limits.ts';
import { BYTES_OF, CPU_US, IDLE_CORES } from './measured-costs.ts';
import { type Demand, SLICE_TTL_SECONDS, sizeFor } from './size.ts';

/** The load of `bench/capacity.ts`: small updates, one report each, one replica, 1,000 bots. */
const CAPACITY: Demand = {
  ...CAPACITY_LOAD,
  updatesPerSecond: 1_000,
  meanUpdatesPerSecond: 1_000,
  bots: 1_000,
};

/** Busy cores of each program, one process of each. */
function coresAt(demand: Demand): Record<string, number> {
  const { services, brokers, clickhouse } = sizeFor(demand);
  const parts = { ...services, broker: brokers, clickhouse };
  const names = ['ingest', 'aggregator', 'alerter', 'query-api', 'broker', 'clickhouse'] as const;
  return Object.fromEntries(
    names.map((name) => {
      const { instances, busyCores } = parts[name];
      return [name, busyCores - (instances - 1) * IDLE_CORES[name].value];
    }),
  );
}

describe('measured points', () => {
  // bench/capacity.ts, 2026-11-23 (docs/guides/scaling.md): the costs were fitted to these.
  test.each([
    [
      1_000,
      {
        ingest: 0.11,
        aggregator: 0.09,
        alerter: 0.05,
        'query-api': 0.04,
        broker: 0.11,
        clickhouse: 0.17,
      },
    ],
    [
      2_000,
      {
        ingest: 0.2,
        aggregator: 0.12,
        alerter: 0.1,
        'query-api': 0.04,
        broker: 0.12,
        clickhouse: 0.2,
      },
    ],
  ])('cores at %i updates a second, within a fifth', (rate, measured) => {
    const calculated = coresAt({ ...CAPACITY, updatesPerSecond: rate, meanUpdatesPerSecond: rate });
    for (const [name, cores] of Object.entries(measured)) {
      const ratio = (calculated[name] ?? 0) / cores;
      expect({ name, isNear: ratio > 0.8 && ratio < 1.2, ratio }).toMatchObject({ isNear: true });
    }
  });

  // The others are checks: no cost was fitted to them, but for that of a delivery.
  test('ingest on Kafka at its top rate of 20,500 deliveries a second: 49 µs each', () => {
    const rate = 20_500;
    const demand = { ...CAPACITY, updatesPerSecond: rate, reportsPerUpdate: 0 };
    expect(((coresAt(demand).ingest ?? 0) * 1e6) / rate / 49).toBeCloseTo(1, 0.9);
  });

  test('from the log to the store in one process: 42,000 to 43,200 events a CPU second, less a third', () => {
    const eventsPerCpuSecond = 1e6 / (CPU_US.fold.value + CPU_US.store.value);
    expect(eventsPerCpuSecond).toBeGreaterThan(42_000 * 0.7);
    expect(eventsPerCpuSecond).toBeLessThan(43_200);
  });

  test('an alerter of 10,000 bots and 200,000 recent events: 110 to 120 MB above idle, plus a quarter', () => {
    const bytes =
      10_000 * (BYTES_OF.watchedBot.value + BYTES_OF.registeredBot.value) +
      200_000 * BYTES_OF.recentEvent.value;
    expect(bytes / 1e6).toBeGreaterThan(110);
    expect(bytes / 1e6).toBeLessThan(120 * 1.25);
  });

  test.each([1_426, 1_492])(
    '%i bytes an update on the log (2026-11-29), within a twentieth',
    (measured) => {
      const { network } = sizeFor(CAPACITY);
      expect(Math.abs(network.intoKafka / 1_000 / measured - 1)).toBeLessThan(0.05);
    },
  );
});

test('slices are stored for as long as their table keeps them', async () => {
  const ofSlices = (await readMigrations(7)).filter(({ statement }) =>
    /^(CREATE|ALTER) TABLE .*\bwebhook_slices\b/m.test(statement),
  );
  const lives = ofSlices.flatMap(
    ({ statement }) => /\bTTL start \+ INTERVAL (\d+) HOUR/.exec(statement)?.[1] ?? [],
  );
  expect(SLICE_TTL_SECONDS).toBe(Number(lives.at(-1)) * 3_600);
});

const anyDemand: fc.Arbitrary<Demand> = fc.record({
  updatesPerSecond: fc.integer({ min: 1, max: 10_000_000 }),
  meanUpdatesPerSecond: fc.constant(1),
  bots: fc.integer({ min: 1, max: 100_000_000 }),
  retentionDays: fc.integer({ min: 1, max: 400 }),
  logRetentionDays: fc.integer({ min: 1, max: 400 }),
  updateBytes: fc.integer({ min: 1, max: 100_000 }),
  reportsPerUpdate: fc.integer({ min: 0, max: 5 }),
  forwardedShare: fc.double({ min: 0, max: 1, noNaN: true }),
  replicas: fc.integer({ min: 1, max: 5 }),
  busyShare: fc.double({ min: 0.2, max: 1, noNaN: true }),
  largestBot: fc.option(fc.integer({ min: 1, max: 100_000 })),
});

const FIELDS = {
  'updates/s': 'updatesPerSecond',
  bots: 'bots',
  'updates/s of one bot': 'largestBot',
} as const;

describe('every demand', () => {
  test('leaves every process its planned share, and every group a partition each', () => {
    fc.assert(
      fc.property(anyDemand, (demand) => {
        const { services, brokers, clickhouse, partitions } = sizeFor(demand);
        for (const { instances, busyCores } of Object.values(services)) {
          expect(busyCores).toBeLessThanOrEqual(instances * demand.busyShare + 1e-9);
        }
        for (const { instances, busyCores, coresEach } of [brokers, clickhouse]) {
          expect(busyCores).toBeLessThanOrEqual(instances * coresEach * demand.busyShare + 1e-6);
        }
        for (const name of ['forwarder', 'aggregator', 'alerter'] as const) {
          expect(partitions).toBeGreaterThanOrEqual(services[name].instances);
        }
      }),
    );
  });

  test('costs twice as much on the wire and on disks when it is doubled, and no less of anything', () => {
    fc.assert(
      fc.property(anyDemand, (demand) => {
        const twice = sizeFor({
          ...demand,
          updatesPerSecond: demand.updatesPerSecond * 2,
          meanUpdatesPerSecond: demand.meanUpdatesPerSecond * 2,
          bots: demand.bots * 2,
        });
        const once = sizeFor(demand);
        expect(twice.network.intoKafka).toBeCloseTo(once.network.intoKafka * 2, 0);
        expect(twice.disk.clickhouse / once.disk.clickhouse).toBeCloseTo(2, 5);
        for (const [name, { instances }] of Object.entries(twice.services)) {
          const before = Object.entries(once.services).find(([one]) => one === name)?.[1];
          expect(instances).toBeGreaterThanOrEqual(before?.instances ?? Number.NaN);
        }
        expect(twice.brokers.instances).toBeGreaterThanOrEqual(once.brokers.instances);
      }),
    );
  });

  test('reaches each limit where that is said to be, but for disks, which slices fill unevenly', () => {
    fc.assert(
      fc.property(anyDemand, (demand) => {
        for (const { name, unit, reachedAt } of limitsOf(demand, sizeFor(demand))) {
          if (name.startsWith('disk')) continue;
          const full = { ...demand, [FIELDS[unit]]: reachedAt };
          const limit = limitsOf(full, sizeFor(full)).find((one) => one.name === name);
          expect(limit?.usedShare).toBeCloseTo(1, 6);
        }
      }),
    );
  });
});

test('as few Hookpulses as it says fit, and one fewer does not', () => {
  fc.assert(
    fc.property(anyDemand, (demand) => {
      const parts = partsThatFit(demand);
      if (parts === null) return;
      const fits = (into: number) => {
        const part = {
          ...demand,
          updatesPerSecond: demand.updatesPerSecond / into,
          meanUpdatesPerSecond: demand.meanUpdatesPerSecond / into,
          bots: demand.bots / into,
        };
        return limitsOf(part, sizeFor(part)).every(({ usedShare }) => usedShare < 1);
      };
      expect(fits(parts)).toBe(true);
      if (parts > 1) expect(fits(parts - 1)).toBe(false);
    }),
  );
});

test('a thousand million bots are split into more than a thousand', () => {
  const demand = { ...CAPACITY, updatesPerSecond: 1_000, bots: 1e9 };
  expect(partsThatFit(demand)).toBeGreaterThan(2_000);
});

test('only the aggregator does without the bots of the registry', () => {
  const memoryAt = (bots: number) => sizeFor({ ...CAPACITY, bots }).services;
  const [few, many] = [memoryAt(1), memoryAt(100_001)];
  const perBot = (name: 'ingest' | 'aggregator') =>
    (many[name].memory - few[name].memory) / 100_000;
  expect(perBot('ingest')).toBeCloseTo(BYTES_OF.registeredBot.value);
  expect(perBot('aggregator')).toBeCloseTo(BYTES_OF.foldedBot.value / many.aggregator.instances);
});

test('answers about many bots keep more than two instances of the query API busy', () => {
  const { services } = sizeFor({ ...CAPACITY, bots: 200_000 });
  const { instances, busyCores } = services['query-api'];
  expect(busyCores).toBeGreaterThan(8);
  expect(busyCores / instances).toBeLessThanOrEqual(CAPACITY.busyShare);
});

test('more shards do not help where every aggregator inserts into each of them', () => {
  const demand = { ...CAPACITY, updatesPerSecond: 1_000_000, meanUpdatesPerSecond: 1_000_000 };
  const size = sizeFor({ ...demand, bots: 100_000 });
  expect(size.clickhouse.shards).toBeGreaterThan(5);
  const limit = limitsOf(demand, size).find(({ name }) => name.startsWith('inserts'));
  expect(limit?.usedShare).toBeGreaterThan(4);
  expect(limit?.remedy).not.toContain('shard');
});

test('a million bots do not fit one Hookpulse, and the first bottleneck says so', () => {
  const demand = { ...CAPACITY, updatesPerSecond: 100_000, bots: 1_000_000, replicas: 3 };
  const [first] = limitsOf(demand, sizeFor(demand));
  expect(first?.unit).toBe('bots');
  expect(first?.usedShare).toBeGreaterThan(1);
  const parts = partsThatFit(demand) ?? 0;
  expect(parts).toBeGreaterThan(1);
  const part = { ...demand, updatesPerSecond: 100_000 / parts, bots: 1_000_000 / parts };
  expect(partsThatFit(part)).toBe(1);
});

test('one bot that is too large does not fit, however it is split', () => {
  const demand = { ...CAPACITY, updatesPerSecond: 100_000, largestBot: 50_000 };
  expect(partsThatFit(demand)).toBeNull();
});

test('a million updates a second need several shards of ClickHouse', () => {
  const demand = { ...CAPACITY, updatesPerSecond: 1_000_000, replicas: 3 };
  const { clickhouse } = sizeFor(demand);
  expect(clickhouse.shards).toBeGreaterThan(1);
  expect(clickhouse.instances).toBe(clickhouse.shards * 3);
});
