/** What several hours or days add up to, counted as the API counts any span (contract, section 4). */
import type { MetricsRow } from '@hookpulse/api/metrics-row';

export type CountedSpan = Pick<
  MetricsRow,
  'requests_received' | 'requests_processed' | 'requests_failed'
>;

export interface SpanTotals {
  readonly events: number;
  readonly errors: number;
  /** As the API writes it: `1.3%` */
  readonly errorRate: string;
}

/**
 * Not the sum of the spans' own events: an update that was received before midnight and processed
 * after it is an event of both days, and one event of the two together.
 */
export function totalsOf(spans: readonly (CountedSpan | null)[]): SpanTotals {
  let [received, processed, failed] = [0, 0, 0];
  for (const span of spans) {
    received += span?.requests_received ?? 0;
    processed += span?.requests_processed ?? 0;
    failed += span?.requests_failed ?? 0;
  }
  const events = Math.max(received, processed + failed);
  const percent = events === 0 ? 0 : (100 * failed) / events;
  return { events, errors: failed, errorRate: `${percent.toFixed(1)}%` };
}
