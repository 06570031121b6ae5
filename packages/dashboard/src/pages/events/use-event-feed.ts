/** The feed of a query for as long as a component shows it. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { useEffect, useReducer, useState } from 'preact/hooks';
import { askApi } from '../../api/client.ts';
import { openLiveStream } from '../../api/live-stream.ts';
import { serverNow } from '../../api/server-clock.ts';
import { createEventFeed, type EventFeed, type FeedState } from './event-feed.ts';
import { type EventsPage, NO_EVENTS } from './event-list.ts';
import type { EventQuery } from './event-query.ts';

const NOT_BEGUN: FeedState = {
  list: NO_EVENTS,
  isLoading: true,
  isLoadingOlder: false,
  error: null,
  live: 'connecting',
};

export interface WatchedFeed {
  /** Null: it has not begun. */
  readonly feed: EventFeed | null;
  readonly state: FeedState;
  /** It is the feed of the query before: that of the query has nothing to show yet. */
  readonly isEarlier: boolean;
}

interface Shown {
  readonly query: EventQuery;
  readonly feed: EventFeed;
}

/** @param query - made anew only when it is another one */
export function useEventFeed(query: EventQuery): WatchedFeed {
  const [shown, setShown] = useState<Shown | null>(null);
  const [, rerender] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const feed = createEventFeed(query, {
      ask: (path, signal) => askApi<EventsPage>(path, { signal }),
      openStream: (path, handlers) => openLiveStream<WebhookEvent>(path, handlers),
      now: serverNow,
    });
    feed.subscribe(() => {
      if (!feed.read().isLoading) setShown((now) => (now?.feed === feed ? now : { query, feed }));
      rerender(undefined);
    });
    return () => feed.close();
  }, [query]);
  const feed = shown?.feed ?? null;
  const isEarlier = shown !== null && shown.query !== query;
  return { feed, state: feed?.read() ?? NOT_BEGUN, isEarlier };
}
