import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE_MS } from '../values/durations.ts';
import { iso } from '../values/iso.ts';
import { type Annotation, mergedRestart, SAME_RESTARTS_MS } from './annotation.ts';

const START_MS = Date.parse('2026-02-10T20:00:00Z');

function restart(id: string, timeMs: number, more: Partial<Annotation> = {}): Annotation {
  const at = iso(timeMs);
  return {
    annotation_id: id,
    kind: 'restart',
    bot_id: null,
    text: 'ingest started',
    at,
    created_by: 'Hookpulse',
    created_at: at,
    ...more,
  };
}

/** As a table keeps them. */
function noted(restarts: readonly Annotation[]): Annotation[] {
  const rows = new Map<string, Annotation>();
  for (const one of restarts) {
    const merged = mergedRestart([...rows.values()], one);
    rows.set(merged.annotation_id, merged);
  }
  return [...rows.values()];
}

test('a process that crashes in a loop has one, from its first start to its last', () => {
  const loop = Array.from({ length: 50 }, (_, n) => restart(`${n}`, START_MS + n * MINUTE_MS));
  const last_at = iso(START_MS + 49 * MINUTE_MS);
  expect(noted(loop)).toEqual([restart('0', START_MS, { last_at })]);
});

test.each<[string, Annotation]>([
  ['later', restart('2', START_MS + SAME_RESTARTS_MS + 1)],
  ['of another service', restart('2', START_MS, { text: 'alerter started' })],
  ['of a bot', restart('2', START_MS, { bot_id: 'a' })],
  ['noted by somebody', restart('2', START_MS, { created_by: 'ci' })],
])('one %s is another', (_what, other) => {
  expect(noted([restart('1', START_MS), other])).toHaveLength(2);
});

test('one that is noted again is the same', () => {
  const one = restart('1', START_MS);
  expect(noted([one, one])).toEqual([one]);
});

test('a note is never taken for a restart', () => {
  const { kind: _, ...note } = restart('1', START_MS);
  expect(mergedRestart([note], restart('2', START_MS))).toEqual(restart('2', START_MS));
});

test('no restart is lost, in whatever order they come', () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(minutes, (times) => {
      const rows = noted(times.map((at, n) => restart(`${n}`, START_MS + at * MINUTE_MS)));
      for (const minute of times) {
        const timeMs = START_MS + minute * MINUTE_MS;
        const isTold = rows.some(
          ({ at, last_at = at }) => Date.parse(at) <= timeMs && timeMs <= Date.parse(last_at),
        );
        expect(isTold).toBe(true);
      }
    }),
  );
});
