/** A window as the columns of its hourly row, and in which of them two states differ. */
import type { RebuiltValue } from '@hookpulse/common/windows/rebuild';
import {
  emptyWindow,
  latenciesOf,
  snapshotWindow,
  type WindowSnapshot,
} from '@hookpulse/common/windows/window';

/** By column, in the table's order; null where nothing was measured. */
export type WindowValues = Readonly<Record<string, number | null>>;

/** What can be compared: the columns, and the digest, which holds more than its percentiles. */
export interface ComparedWindow {
  readonly values: WindowValues;
  readonly digest: Uint8Array;
}

/** Sums of durations depend on the order of adding, in their last digits. */
const RELATIVE_TOLERANCE = 1e-9;

export const NO_WINDOW: ComparedWindow = comparedWindow(snapshotWindow(emptyWindow()));

export function comparedWindow(snapshot: WindowSnapshot): ComparedWindow {
  const { counters, processing, response, digest } = snapshot;
  const values = {
    ...counters,
    processing_time_count: processing.count,
    processing_time_sum_ms: processing.sumMs,
    response_time_count: response.count,
    response_time_sum_ms: response.sumMs,
    ...latenciesOf(snapshot),
    last_event_at: snapshot.lastEventMs,
  };
  return { values, digest };
}

/** Columns of `before` in which the two differ; a digest that differs otherwise is named as such. */
export function differingValues(before: ComparedWindow, after: ComparedWindow): RebuiltValue[] {
  const values = Object.entries(before.values).flatMap(([name, value]) => {
    const expected = after.values[name] ?? null;
    return isSame(name, value, expected) ? [] : [{ name, before: value, after: expected }];
  });
  if (values.length > 0 || areEqual(before.digest, after.digest)) return values;
  return [{ name: 'latency_digest', before: before.digest.length, after: after.digest.length }];
}

function isSame(name: string, a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  const isSummed = name.endsWith('_sum_ms') || name.startsWith('avg_');
  return isSummed ? Math.abs(a - b) <= RELATIVE_TOLERANCE * Math.abs(b) : a === b;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
