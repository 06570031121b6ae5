/** Windows through ClickHouse: what comes back is what was stored, percentiles within 1 %. */

import {
  LATENCY_SHAPES,
  type LatencyShape,
  latencySample,
  nearestRank,
  relativeError,
} from '@hookpulse/common/digest/testing/latency-samples';
import {
  addWindow,
  emptyWindow,
  snapshotWindow,
  type Window,
} from '@hookpulse/common/windows/window';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { insertRows } from '../insert-rows.ts';
import { rowShape, selectRows } from '../select-rows.ts';
import { openTestClickHouse, type TestClickHouse } from '../testing/open-test-clickhouse.ts';
import { HOURS, hourRow, WINDOW_NAMES, windowFromRow } from './windows.ts';

const HOUR_MS = Date.parse('2026-02-10T20:00:00Z');
const WINDOW = HOURS.select(...WINDOW_NAMES);
const shape = rowShape('an hour', WINDOW.fields);
const PARTIAL_WINDOWS = 12;
const MAX_STORED_DIGEST = 16_384;
const SIZES = [1, 10, 100, 3_600, 100_000, 1_000_000];
const SHAPES = Object.keys(LATENCY_SHAPES) as LatencyShape[];

describeWithClickHouse('windows', (serverUrl) => {
  let store: TestClickHouse;

  beforeAll(async () => {
    store = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => store?.close());

  /** Stores the windows as one bot's hour, each as another partition of the log has fed it. */
  async function storeHour(botId: string, windows: readonly Window[]): Promise<void> {
    const rows = windows.map((window, partition) =>
      hourRow(
        { botId, startMs: HOUR_MS, window: snapshotWindow(window) },
        { partition, epoch: 0, nextOffset: 1n },
      ),
    );
    await insertRows(store.client, HOURS, rows);
  }

  function loadHour(botId: string) {
    const sql = `SELECT ${WINDOW.sql} FROM ${HOURS.name} FINAL WHERE bot_id = {botId: String}`;
    return selectRows(store.client, { sql, params: { botId }, shape });
  }

  test.each(SHAPES.flatMap((shape) => SIZES.map((size) => [shape, size] as const)))(
    '%s, %i values in 12 partial windows: p50, p95 and p99 within 1 % after the round trip',
    async (shape, size) => {
      const { windows, exact } = sampleHour(shape, size);
      const botId = `${shape} ${size}`;
      await storeHour(botId, windows);
      const rows = await loadHour(botId);
      expect(rows).toHaveLength(PARTIAL_WINDOWS);
      for (const row of rows) {
        expect(row.latency_digest.length).toBeLessThanOrEqual(MAX_STORED_DIGEST);
      }
      const hour = emptyWindow();
      for (const row of rows) addWindow(hour, windowFromRow(row));
      expect(hour.latency.count).toBe(size);
      for (const [p, value] of exact) {
        expect(relativeError(hour.latency.percentile(p), value)).toBeLessThanOrEqual(0.01);
      }
    },
  );

  test('every count and sum comes back', async () => {
    const window: Window = {
      ...emptyWindow(),
      counters: {
        requests_received: 1,
        requests_processed: 2,
        requests_failed: 3,
        responses_sent: 4,
        retries: 5,
        signature_validation_failures: 6,
        timeout_errors: 7,
        processing_errors: Number.MAX_SAFE_INTEGER,
      },
      processing: { sumMs: 0.1 + 0.2, count: 8 },
      response: { sumMs: 1e-9, count: 9 },
      lastEventMs: Date.parse('2026-02-10T20:59:59.999Z'),
    };
    await storeHour('every count', [window]);
    const [row] = await loadHour('every count');
    if (!row) throw new Error('nothing came back');
    const { latency, ...rest } = windowFromRow(row);
    expect(rest).toEqual({
      counters: window.counters,
      processing: window.processing,
      response: window.response,
      lastEventMs: window.lastEventMs,
    });
    expect(latency.percentile(0.5)).toBeNull();
  });
});

interface SampleHour {
  readonly windows: readonly Window[];
  /** The exact percentiles of all windows together, by p. */
  readonly exact: readonly (readonly [p: number, value: number])[];
}

const sampleHours = new Map<string, SampleHour>();

/** Computed once for both engines: it takes most of the time of these tests. */
function sampleHour(shape: LatencyShape, size: number): SampleHour {
  const key = `${shape} ${size}`;
  const known = sampleHours.get(key);
  if (known) return known;
  const values = latencySample(shape, size, size);
  const edge = (n: number) => Math.floor((values.length * n) / PARTIAL_WINDOWS);
  const windows = Array.from({ length: PARTIAL_WINDOWS }, (_, n) =>
    windowOf(values.subarray(edge(n), edge(n + 1))),
  );
  const sorted = values.toSorted();
  const exact = [0.5, 0.95, 0.99].map((p) => [p, nearestRank(sorted, p)] as const);
  const hour = { windows, exact };
  sampleHours.set(key, hour);
  return hour;
}

function windowOf(durationsMs: Float64Array): Window {
  const window = emptyWindow();
  for (const durationMs of durationsMs) window.latency.add(durationMs);
  return { ...window, lastEventMs: 0 };
}
