import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import {
  addEvent,
  emptyWindow,
  snapshotWindow,
  type Window,
} from '@hookpulse/common/windows/window';
import { describe, expect, test } from '@jest/globals';
import {
  compareWindows,
  judgeWindow,
  type StoredWindow,
  type WindowFacts,
} from './compare-windows.ts';
import { comparedWindow } from './window-values.ts';

const EVENT = sampleEvent();
const TIME_MS = Date.parse(EVENT.timestamp);

/** A window of so many received updates. */
function windowOf(count: number): Window {
  const window = emptyWindow();
  for (let n = 0; n < count; n += 1) addEvent(window, EVENT, TIME_MS);
  return window;
}

function storedAt(nextOffset: bigint, count: number): StoredWindow {
  const compared = comparedWindow(snapshotWindow(windowOf(count)));
  return { botId: EVENT.bot_id, startMs: 0, nextOffset, compared };
}

/** Three raw events, and the owner has folded and stored all below 12. */
function judge(facts: Partial<WindowFacts>) {
  return judgeWindow({
    recounted: windowOf(3),
    stored: storedAt(10n, 3),
    inMemory: null,
    position: 12n,
    ...facts,
  });
}

describe('right is a window', () => {
  test.each<[string, Partial<WindowFacts>]>([
    ['whose row has what it has seen', {}],
    ['that memory has as well', { inMemory: windowOf(3) }],
    ['that is not there', { recounted: null, stored: null, inMemory: emptyWindow() }],
  ])('%s', (_name, facts) => {
    expect(judge(facts)).toBeNull();
  });
});

describe('wrong is a window', () => {
  test.each<[string, Partial<WindowFacts>, string]>([
    ['whose row has too many', { stored: storedAt(10n, 4) }, 'changed'],
    ['whose row has too few of what it says to have seen', { stored: storedAt(12n, 2) }, 'changed'],
    ['whose row is missing', { stored: null }, 'added'],
    ['without raw events', { recounted: null }, 'deleted'],
    ['that memory has wrong', { inMemory: windowOf(4) }, 'changed'],
    ['that only memory has', { recounted: null, stored: null, inMemory: windowOf(1) }, 'changed'],
    ['whose row is beyond the owner', { stored: storedAt(99n, 3) }, 'changed'],
  ])('%s', (_name, facts, kind) => {
    expect(judge(facts)?.kind).toBe(kind);
  });

  test('and what it was and is to be is said', () => {
    expect(judge({ stored: storedAt(10n, 5) })).toMatchObject({
      values: [{ name: 'requests_received', before: 5, after: 3 }],
    });
    expect(judge({ stored: storedAt(99n, 3) })).toMatchObject({
      values: [{ name: 'next_offset', before: 99, after: 12 }],
    });
  });
});

test('every window of any side is compared once, and comes with what it has to be', () => {
  const at = (botId: string, count: number) => ({ botId, startMs: 0, window: windowOf(count) });
  const row = (botId: string, count: number) => ({ ...storedAt(10n, count), botId });
  const { count, different } = compareWindows({
    recounted: [at('right', 3), at('many', 3), at('missing', 1)],
    stored: [row('right', 3), row('many', 4), row('unfounded', 2)],
    inMemory: [at('right', 3), at('forgotten', 1)],
    position: 12n,
  });
  expect(count).toBe(5);
  expect(
    different.map(({ botId, kind, window }) => [
      botId,
      kind,
      window?.counters.requests_received ?? null,
    ]),
  ).toEqual([
    ['many', 'changed', 3],
    ['missing', 'added', 1],
    ['unfounded', 'deleted', null],
    ['forgotten', 'changed', null],
  ]);
});
