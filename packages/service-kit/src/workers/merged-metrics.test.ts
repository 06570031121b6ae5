import { parsePrometheusText, sampleValue } from '@hookpulse/common/testing/prometheus-text';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Counter, Gauge, Histogram } from 'prom-client';
import { createServiceMetrics } from '../metrics/metrics.ts';
import { MergedMetrics } from './merged-metrics.ts';

/** A process with a counter, a histogram and a gauge. */
function openProcess() {
  const service = createServiceMetrics('test');
  const registers = [service.registry];
  const labelNames = ['of'] as const;
  const done = new Counter({ name: 'done_total', help: 'Done.', labelNames, registers });
  const took = new Histogram({ name: 'took_seconds', help: 'Took.', buckets: [1], registers });
  const waiting = new Gauge({ name: 'waiting', help: 'Waiting.', aggregator: 'max', registers });
  return { done, took, waiting, ready: service.ready, part: () => service.page.part() };
}

async function read(merged: MergedMetrics, fresh: readonly number[]) {
  const own = await createServiceMetrics('test').page.part();
  const families = parsePrometheusText(await merged.text(own, new Set(fresh)));
  return (name: string, labels?: Record<string, string>) => sampleValue(families, name, labels);
}

async function twoProcesses() {
  const [one, other] = [openProcess(), openProcess()];
  one.done.inc({ of: 'a' }, 3);
  other.done.inc({ of: 'a' }, 4);
  other.done.inc({ of: 'b' }, 1);
  one.took.observe(0.5);
  other.took.observe(2);
  one.waiting.set(7);
  other.waiting.set(2);
  one.ready.set({ check: 'log' }, 1);
  other.ready.set({ check: 'log' }, 0);
  const merged = new MergedMetrics();
  merged.take(1, await one.part());
  merged.take(2, await other.part());
  return { one, other, merged };
}

describe('several processes', () => {
  test('have their counts summed, and their gauges as each is meant', async () => {
    const { merged } = await twoProcesses();
    const value = await read(merged, [1, 2]);
    expect(value('done_total', { of: 'a' })).toBe(7);
    expect(value('done_total', { of: 'b' })).toBe(1);
    expect(value('took_seconds_bucket', { le: '1' })).toBe(1);
    expect(value('took_seconds_count')).toBe(2);
    expect(value('took_seconds_sum')).toBe(2.5);
    expect(value('waiting')).toBe(7);
    expect(value('hookpulse_ready', { check: 'log' })).toBe(0);
    const { version } = process;
    const labels = { service: 'test', version: '0.1.0', node_version: version };
    expect(value('hookpulse_build_info', labels)).toBe(1);
    expect(value('process_start_time_seconds')).toBeGreaterThan(0);
    expect(value('nodejs_eventloop_lag_p99_seconds')).not.toBeNull();
  });

  test('of which one does not answer show its last counts, and nothing else of it', async () => {
    const { merged } = await twoProcesses();
    const value = await read(merged, [2]);
    expect(value('done_total', { of: 'a' })).toBe(7);
    expect(value('took_seconds_count')).toBe(2);
    expect(value('waiting')).toBe(2);
  });

  test('of which one ended go on from its counts when another has its number', async () => {
    const { merged } = await twoProcesses();
    merged.end(1);
    expect((await read(merged, [2]))('done_total', { of: 'a' })).toBe(7);
    const next = openProcess();
    next.done.inc({ of: 'a' }, 2);
    merged.take(1, await next.part());
    const value = await read(merged, [1, 2]);
    expect(value('done_total', { of: 'a' })).toBe(9);
    expect(value('waiting')).toBe(2);
  });
});

test('no count ever goes back, whoever ends or does not answer', async () => {
  const step = fc.record({
    worker: fc.constantFrom(1, 2),
    what: fc.constantFrom('count', 'answer', 'end', 'look'),
    fresh: fc.subarray([1, 2]),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const merged = new MergedMetrics();
      const processes = new Map([1, 2].map((worker) => [worker, openProcess()]));
      let seen = 0;
      for (const { worker, what, fresh } of steps) {
        const process = processes.get(worker);
        if (what === 'count') process?.done.inc({ of: 'a' });
        else if (what === 'answer' && process) merged.take(worker, await process.part());
        else if (what === 'end') {
          merged.end(worker);
          processes.set(worker, openProcess());
        } else {
          const count = (await read(merged, fresh))('done_total', { of: 'a' }) ?? 0;
          expect(count).toBeGreaterThanOrEqual(seen);
          seen = count;
        }
      }
    }),
    { numRuns: 20 },
  );
});
