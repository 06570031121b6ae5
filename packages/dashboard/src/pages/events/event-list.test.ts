import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { describe, expect, test } from '@jest/globals';
import {
  type EventList,
  firstPage,
  keepsAllWaiting,
  newestTime,
  withGap,
  withNewer,
  withOlder,
  withWaitingShown,
} from './event-list.ts';

const START_MS = Date.parse('2026-02-10T20:00:00.000Z');

/** The nth event, one a second. */
function eventAt(second: number) {
  const timestamp = new Date(START_MS + second * 1_000).toISOString();
  return sampleEvent({ event_id: `event-${second}`, timestamp });
}

function pageOf(seconds: readonly number[], next_cursor: string | null = null) {
  return { events: seconds.map(eventAt), next_cursor };
}

function secondsOf(events: EventList['rows']): number[] {
  return events.map(({ event_id }) => Number(event_id.replace('event-', '')));
}

describe('the events on the page', () => {
  test('what arrives is put in its place by time, each event once', () => {
    const list = firstPage(pageOf([5, 3, 1]));
    const events = [4, 6, 3, 7, 6].map(eventAt);
    expect(secondsOf(withNewer(list, events, false).rows)).toEqual([7, 6, 5, 4, 3, 1]);
  });

  test('of two events of one time the later one stands above', () => {
    const twins = ['a', 'b'].map((event_id) => ({ ...eventAt(1), event_id }));
    const { rows } = withNewer(firstPage(pageOf([1])), twins, false);
    expect(rows.map(({ event_id }) => event_id)).toEqual(['b', 'a', 'event-1']);
  });

  test('what is older than the last row comes with its page, unless there is no further page', () => {
    const late = [eventAt(0)];
    expect(secondsOf(withNewer(firstPage(pageOf([2, 1], 'more')), late, false).rows)).toEqual([
      2, 1,
    ]);
    expect(secondsOf(withNewer(firstPage(pageOf([2, 1])), late, false).rows)).toEqual([2, 1, 0]);
  });

  test('while somebody reads, what arrives waits and is counted', () => {
    const read = firstPage(pageOf([1]));
    const list = withNewer(withNewer(read, [eventAt(2)], true), [eventAt(4), eventAt(2)], true);
    expect(list.rows).toBe(read.rows);
    expect(list.waitingCount).toBe(2);
    expect(newestTime(list)).toBe(eventAt(4).timestamp);
    const shown = withWaitingShown(list);
    expect(secondsOf(shown.rows)).toEqual([4, 2, 1]);
    expect(shown.waitingCount).toBe(0);
  });

  test('of too many that wait only the newest are kept, and it is told that others are missing', () => {
    const list = withNewer(firstPage(pageOf([0])), range(1, 1_500).map(eventAt), true);
    expect(list.waitingCount).toBe(1_500);
    expect(keepsAllWaiting(list)).toBe(false);
    expect(secondsOf(list.waiting).at(-1)).toBe(501);
    expect(keepsAllWaiting(withGap(firstPage(pageOf([1]))))).toBe(false);
  });

  test('a list that follows lets go of its end, and goes on there later', () => {
    const list = withNewer(firstPage(pageOf([0])), range(1, 1_500).map(eventAt), false);
    expect(list.rows).toHaveLength(1_000);
    expect(list.older).toEqual({ kind: 'until', timestamp: eventAt(501).timestamp });
    const longer = withOlder(list, pageOf([501, 500, 499], 'more'));
    expect(secondsOf(longer.rows).slice(-3)).toEqual([501, 500, 499]);
    expect(longer.rows).toHaveLength(1_002);
    expect(longer.older).toEqual({ kind: 'cursor', cursor: 'more' });
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
