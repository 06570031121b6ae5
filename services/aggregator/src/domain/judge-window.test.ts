import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import {
  addEvent,
  emptyWindow,
  snapshotWindow,
  type Window,
} from '@hookpulse/common/windows/window';
import { describe, expect, test } from '@jest/globals';
import { judgeWindow, type StoredWindow, type WindowFacts } from './judge-window.ts';
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

function counted(...offsets: bigint[]): LoggedEvent[] {
  return offsets.map((offset) => ({ offset, logTimeMs: 0, event: EVENT, eventTimeMs: TIME_MS }));
}

/** Three raw events below 10, and the owner has folded up to 12. */
function judge(facts: Partial<WindowFacts>) {
  return judgeWindow({
    recounted: windowOf(3),
    later: [],
    stored: storedAt(10n, 3),
    inMemory: undefined,
    position: 12n,
    ...facts,
  });
}

function received(judgement: ReturnType<typeof judge>): number | null {
  if (judgement.kind === 'right') throw new Error('it is right');
  return judgement.window?.counters.requests_received ?? null;
}

describe('right is a window', () => {
  test.each<[string, Partial<WindowFacts>]>([
    ['whose row has what it has seen', {}],
    ['whose row has not seen what came later', { later: counted(10n, 11n) }],
    ['whose row has seen a part of it', { later: counted(10n, 11n), stored: storedAt(11n, 4) }],
    ['that memory has as well', { inMemory: windowOf(4), later: counted(11n) }],
    ['that begins later', { recounted: null, stored: null, later: counted(10n) }],
    ['that is not there', { recounted: null, stored: null, inMemory: emptyWindow() }],
  ])('%s', (_name, facts) => {
    expect(judge(facts)).toEqual({ kind: 'right' });
  });
});

describe('wrong is a window', () => {
  test.each<[string, Partial<WindowFacts>, string, number | null]>([
    ['whose row has too many', { stored: storedAt(10n, 4) }, 'changed', 3],
    [
      'whose row has too few of what it says to have seen',
      { stored: storedAt(12n, 3), later: counted(10n) },
      'changed',
      4,
    ],
    ['whose row is missing', { stored: null, later: counted(10n) }, 'added', 4],
    ['without raw events', { recounted: null }, 'deleted', null],
    ['without raw events until now', { recounted: null, later: counted(11n) }, 'changed', 1],
    ['that memory has wrong', { inMemory: windowOf(4) }, 'changed', 3],
    [
      'that only memory has',
      { recounted: null, stored: null, inMemory: windowOf(1) },
      'changed',
      null,
    ],
    ['whose row is beyond the owner', { stored: storedAt(99n, 3) }, 'changed', 3],
  ])('%s', (_name, facts, kind, count) => {
    const judgement = judge(facts);
    expect(judgement.kind).toBe(kind);
    expect(received(judgement)).toBe(count);
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
