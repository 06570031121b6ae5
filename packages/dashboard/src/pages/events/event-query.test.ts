import { describe, expect, test } from '@jest/globals';
import {
  eventPath,
  eventQueryOfUrl,
  eventsPath,
  includesNow,
  isFiltered,
  streamPath,
} from './event-query.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.000Z');

function queryOf(search: string) {
  const params = new URLSearchParams(search);
  return eventQueryOfUrl({ get: (name) => params.get(name) ?? '' });
}

describe('which events are looked at', () => {
  test('everything, when the address says nothing', () => {
    const query = queryOf('');
    expect(isFiltered(query)).toBe(false);
    expect(eventsPath(query, NOW_MS)).toBe('/api/events');
    expect(streamPath(query)).toBe('/api/events/stream');
  });

  test('every filter of the address is one of the API, and what it does not know is left out', () => {
    const query = queryOf(
      '?bot_id=a&event_type=error&status=failed&error_type=Bad+%26+ugly&update_id=7&tab=x',
    );
    const fields = 'bot_id=a&event_type=error&status=failed&error_type=Bad+%26+ugly&update_id=7';
    expect(isFiltered(query)).toBe(true);
    expect(eventsPath(query, NOW_MS, { limit: '10' })).toBe(`/api/events?${fields}&limit=10`);
    expect(streamPath(query)).toBe(`/api/events/stream?${fields}`);
  });

  test('the last hour goes on, and another range ends', () => {
    const last = queryOf('?range=1h');
    expect(eventsPath(last, NOW_MS)).toBe('/api/events?from=2026-02-10T19%3A00%3A00.000Z');
    expect(includesNow(last, NOW_MS)).toBe(true);
    expect(includesNow(queryOf('?to=2026-02-10T19:00:00Z'), NOW_MS)).toBe(false);
    expect(includesNow(queryOf('?from=2026-02-10T19:00:00Z'), NOW_MS)).toBe(true);
  });

  test('what is not an event id changes no other part of the path', () => {
    expect(eventPath('../bots?x')).toBe('/api/events/..%2Fbots%3Fx');
  });
});
