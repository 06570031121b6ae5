import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ApiError } from '../../api/client.ts';
import type { LiveStreamHandlers } from '../../api/live-stream.ts';
import { createEventFeed, type EventFeed } from './event-feed.ts';
import { eventQueryOfUrl } from './event-query.ts';

const START_MS = Date.parse('2026-02-10T20:00:00.000Z');

const feeds: EventFeed[] = [];
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.close();
});

/** The nth event, one a second. */
function eventAt(second: number): WebhookEvent {
  const timestamp = new Date(START_MS + second * 1_000).toISOString();
  return sampleEvent({ event_id: `event-${second}`, timestamp });
}

/** A store that answers as the API does, and a stream that the test speaks through. */
function openFeed(stored: number[], search = '', error: ApiError | null = null) {
  const params = new URLSearchParams(search);
  const query = eventQueryOfUrl({ get: (name) => params.get(name) ?? '' });
  const asked: URLSearchParams[] = [];
  const fake = {
    asked,
    error,
    stream: null as LiveStreamHandlers<WebhookEvent> | null,
    isClosed: false,
  };
  const feed = createEventFeed(query, {
    now: () => START_MS,
    settleMs: 10,
    firstRetryMs: 10,
    async ask(path) {
      const fields = new URL(path, 'http://host').searchParams;
      asked.push(fields);
      if (fake.error) throw fake.error;
      const before = Number(fields.get('cursor') ?? Number.POSITIVE_INFINITY);
      const from = Date.parse(fields.get('from') ?? '1970-01-01T00:00:00Z');
      const found = stored
        .toSorted((a, b) => b - a)
        .filter((second) => second < before && START_MS + second * 1_000 >= from);
      const page = found.slice(0, Number(fields.get('limit')));
      const next_cursor = page.length < found.length ? String(page.at(-1)) : null;
      return { events: page.map(eventAt), next_cursor };
    },
    openStream(_path, handlers) {
      fake.stream = handlers;
      return {
        close() {
          fake.isClosed = true;
        },
      };
    },
  });
  feeds.push(feed);
  return { feed, fake };
}

function secondsOf(feed: EventFeed): number[] {
  return feed.read().list.rows.map(({ event_id }) => Number(event_id.replace('event-', '')));
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the feed of events', () => {
  test('reads page after page, until there is no more', async () => {
    const { feed } = openFeed(range(1, 150));
    await until('the first page', () => !feed.read().isLoading);
    expect(secondsOf(feed)).toEqual(range(51, 150).toReversed());
    feed.loadOlder();
    feed.loadOlder();
    await until('the older page', () => !feed.read().isLoadingOlder);
    expect(secondsOf(feed)).toEqual(range(1, 150).toReversed());
    expect(feed.read().list.older).toBeNull();
  });

  test('misses nothing that was stored between the first page and the beginning of the stream', async () => {
    const stored = [1];
    const { feed, fake } = openFeed(stored);
    fake.stream?.onMessages([eventAt(3)]);
    await until('the first page', () => !feed.read().isLoading);
    expect(secondsOf(feed)).toEqual([3, 1]);
    stored.push(2, 3);
    fake.stream?.onBegin();
    await until('what was stored meanwhile', () => secondsOf(feed).length === 3);
    expect(secondsOf(feed)).toEqual([3, 2, 1]);
  });

  test('catches up after a break, also when the API fails at first', async () => {
    const stored = [1];
    const { feed, fake } = openFeed(stored);
    await until('the first page', () => !feed.read().isLoading);
    stored.push(...range(2, 400));
    fake.error = new ApiError('The store cannot answer.');
    fake.stream?.onBegin();
    await until('two tries', () => fake.asked.length >= 3);
    expect(feed.read().error).toBeNull();
    fake.error = null;
    await until('what was missed', () => secondsOf(feed).length === 400);
    expect(fake.asked.at(-1)?.get('from')).toBe('2026-02-10T19:59:56.000Z');
  });

  test('begins anew when too much came in a break; who reads is not disturbed', async () => {
    const stored = [1];
    const { feed, fake } = openFeed(stored);
    await until('the first page', () => !feed.read().isLoading);
    feed.hold(true);
    stored.push(...range(10, 1_200));
    fake.stream?.onBegin();
    await until('the gap', () => feed.read().list.hasGap);
    expect(secondsOf(feed)).toEqual([1]);
    feed.hold(false);
    feed.showWaiting();
    await until('the newest', () => secondsOf(feed).length > 1);
    expect(secondsOf(feed)[0]).toBe(1_200);
    expect(feed.read().list).toMatchObject({ waitingCount: 0, hasGap: false });
  });

  test('tells why a page could not be read, and reads it when asked again', async () => {
    const { feed, fake } = openFeed(range(1, 150));
    await until('the first page', () => !feed.read().isLoading);
    fake.error = new ApiError('The store cannot answer.', { statusCode: 503 });
    feed.loadOlder();
    await until('the error', () => feed.read().error !== null);
    expect(secondsOf(feed)).toHaveLength(100);
    fake.error = null;
    feed.loadOlder();
    await until('the older page', () => secondsOf(feed).length === 150);
    expect(feed.read().error).toBeNull();
  });

  test('reads the first page when the API can answer again; what was told live meanwhile stays', async () => {
    const away = new ApiError('The store cannot answer.', { statusCode: 503 });
    const { feed, fake } = openFeed(range(1, 150), '', away);
    fake.stream?.onBegin();
    await until('some tries', () => fake.asked.length >= 3);
    fake.stream?.onMessages([eventAt(151)]);
    expect(feed.read()).toMatchObject({ error: away });
    fake.error = null;
    await until('the first page', () => feed.read().error === null);
    await until('all of it', () => secondsOf(feed).length === 101);
    expect(secondsOf(feed)).toEqual(range(51, 151).toReversed());
    expect(feed.read().list.older).not.toBeNull();
    expect(fake.isClosed).toBe(false);
  });

  test('asks no more for what is refused', async () => {
    const refused = new ApiError('update_id must be an integer', { statusCode: 400 });
    const { feed, fake } = openFeed([1], '?update_id=x', refused);
    await until('the refusal', () => feed.read().error !== null);
    expect(feed.read()).toMatchObject({ error: refused, live: 'off' });
    expect(fake.isClosed).toBe(true);
    expect(fake.asked).toHaveLength(1);
  });

  test('has no stream when the range has ended, and closes the one that it has', async () => {
    expect(openFeed([1], '?to=2026-02-10T19:00:00Z').fake.stream).toBeNull();
    const { feed, fake } = openFeed([1]);
    feed.close();
    expect(fake.isClosed).toBe(true);
  });
});
