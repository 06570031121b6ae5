import { expect, test } from '@jest/globals';
import { Counter, Histogram, Registry } from 'prom-client';
import { Exemplars } from './exemplars.ts';

const SPAN = {
  traceId: '0123456789abcdef0123456789abcdef',
  spanId: '0123456789abcdef',
  traceparent: '',
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

test('a slow bucket has the trace that was in it last, in the OpenMetrics format', async () => {
  const registers = [new Registry()];
  const buckets = [0.1, 1];
  new Counter({ name: 'a_total', help: 'A.', registers }).inc();
  const histogram = new Histogram({ name: 'b_seconds', help: 'B.', buckets, registers });
  const exemplars = new Exemplars();
  expect(exemplars.isUsed).toBe(false);
  for (const value of [0.5, 0.75]) {
    histogram.observe(value);
    exemplars.note('b_seconds', buckets, value, SPAN, 1_500);
  }
  histogram.observe(3);
  exemplars.note('b_seconds', buckets, 3, SPAN, 2_000);
  expect(exemplars.isUsed).toBe(true);
  const ids = `{trace_id="${SPAN.traceId}",span_id="${SPAN.spanId}"}`;
  expect(exemplars.openMetrics((await registers[0]?.metrics()) ?? '')).toBe(`# HELP a A.
# TYPE a counter
a_total 1
# HELP b_seconds B.
# TYPE b_seconds histogram
b_seconds_bucket{le="0.1"} 0
b_seconds_bucket{le="1"} 2 # ${ids} 0.75 1.5
b_seconds_bucket{le="+Inf"} 3 # ${ids} 3 2
b_seconds_sum 4.25
b_seconds_count 3
# EOF
`);
});
