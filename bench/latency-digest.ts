/**
 * What the latency digest costs, and how far its percentiles are from the exact ones.
 *
 * Times are CPU times, so that a busy machine does not blur them. Errors are the worst relative ones
 * of p50, p95 and p99 over all sizes and seeds: of one digest that saw every value, and of one merged
 * of 12 windows of growing size, each read back from its bytes.
 *
 *   node bench/latency-digest.ts [--seeds 3] [--json]
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { LatencyDigest } from '@hookpulse/common/digest/latency-digest';
import {
  LATENCY_SHAPES,
  type LatencyShape,
  latencySample,
  nearestRank,
  relativeError,
} from '@hookpulse/common/digest/testing/latency-samples';
import { benchOptions, numberOption } from './lib/bench-options.ts';
import { writeResult } from './lib/results.ts';

const options = benchOptions({
  seeds: { type: 'string', default: '3' },
  json: { type: 'boolean', default: false },
});
const seedCount = numberOption('seeds', options.seeds);

const PS = [0.5, 0.95, 0.99];
const WINDOWS = 12;
const SIZES = [1, 10, 100, 3_600, 10_000, 30_000, 100_000, 1_000_000];
/** One seed is enough there: the law of large numbers has done its part. */
const LARGEST_WITH_ALL_SEEDS = 100_000;
const SHAPES = Object.keys(LATENCY_SHAPES) as LatencyShape[];

const figures: Record<string, number> = {};
let largestBytes = 0;
for (const shape of SHAPES) {
  let wholeError = 0;
  let mergedError = 0;
  for (const size of SIZES) {
    const seeds = size > LARGEST_WITH_ALL_SEEDS ? 1 : seedCount;
    for (let seed = 1; seed <= seeds; seed += 1) {
      const values = latencySample(shape, size, seed);
      const merged = mergedOf(values);
      const sorted = values.toSorted();
      const whole = digestOf(values);
      wholeError = Math.max(wholeError, errorOf(whole, sorted));
      mergedError = Math.max(mergedError, errorOf(merged, sorted));
      largestBytes = Math.max(largestBytes, whole.toBytes().length, merged.toBytes().length);
    }
  }
  figures[`${shape}: worst error, %`] = rounded(100 * wholeError);
  figures[`${shape}: worst error merged of ${WINDOWS}, %`] = rounded(100 * mergedError);
}
measureCosts();
figures['largest stored, bytes'] = largestBytes;
writeResult('latency-digest', figures, { json: options.json });

function measureCosts(): void {
  const values = latencySample('lognormal', 500_000, 1);
  const few = values.subarray(0, 5);
  figures['add while exact, µs a value'] = perItem(100, 3_000, () => {
    digestOf(values.subarray(0, 3_000));
  });
  figures['add random order, µs a value'] = perItem(1, values.length, () => digestOf(values));
  const whole = values.map(Math.round);
  figures['add whole milliseconds, µs a value'] = perItem(1, whole.length, () => digestOf(whole));
  const sorted = values.toSorted();
  figures['add ascending, µs a value'] = perItem(1, sorted.length, () => digestOf(sorted));
  const large = digestOf(values);
  figures['percentile of many, µs'] = perItem(1_000, 1, () => large.percentile(0.99));
  figures['toBytes of many, µs'] = perItem(1_000, 1, () => large.toBytes());
  const largeBytes = large.toBytes();
  figures['fromBytes of many, µs'] = perItem(1_000, 1, () => LatencyDigest.fromBytes(largeBytes));
  figures['merge of two with many, µs'] = perItem(100, 1, () => {
    LatencyDigest.fromBytes(largeBytes).merge(large);
  });
  figures['create, add 5, toBytes, µs'] = perItem(20_000, 1, () => digestOf(few).toBytes());
  figures['memory of one with 5 values, bytes'] = memoryOfSmall(few);
}

/** CPU microseconds an item. */
function perItem(rounds: number, itemsARound: number, run: () => void): number {
  run();
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) run();
  const { user, system } = process.cpuUsage(before);
  return rounded((user + system) / (rounds * itemsARound));
}

function memoryOfSmall(values: Float64Array): number {
  const before = memoryInUse();
  const kept = Array.from({ length: 100_000 }, () => digestOf(values));
  return Math.round((memoryInUse() - before) / kept.length);
}

/** Bytes on the heap and in buffers, garbage collected. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function digestOf(values: Iterable<number>): LatencyDigest {
  const digest = new LatencyDigest();
  for (const value of values) digest.add(value);
  return digest;
}

function mergedOf(values: Float64Array): LatencyDigest {
  const merged = new LatencyDigest();
  for (let window = 0; window < WINDOWS; window += 1) {
    const edge = (n: number) => Math.floor(values.length * (n / WINDOWS) ** 2);
    const part = digestOf(values.subarray(edge(window), edge(window + 1)));
    merged.merge(LatencyDigest.fromBytes(part.toBytes()));
  }
  return merged;
}

function errorOf(digest: LatencyDigest, sorted: Float64Array): number {
  return Math.max(...PS.map((p) => relativeError(digest.percentile(p), nearestRank(sorted, p))));
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
