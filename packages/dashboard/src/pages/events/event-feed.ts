/**
 * Feeds the list of events of one query: the first page at once, older ones when they are wanted, and
 * what arrives. Nothing is left out between what is stored and what arrives: when the stream begins,
 * what was stored meanwhile is read, too.
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { type ApiError, asApiError, isFinal } from '../../api/client.ts';
import type { LiveState, LiveStream, LiveStreamHandlers } from '../../api/live-stream.ts';
import {
  type EventList,
  type EventsPage,
  firstPage,
  isFull,
  keepsAllWaiting,
  NO_EVENTS,
  newestTime,
  type OlderPage,
  withGap,
  withNewer,
  withOlder,
  withWaitingShown,
} from './event-list.ts';
import {
  type EventQuery,
  eventsPath,
  includesNow,
  olderFields,
  sinceFields,
  streamPath,
} from './event-query.ts';

export interface EventFeedDeps {
  readonly ask: (path: string, signal: AbortSignal) => Promise<EventsPage>;
  readonly openStream: (path: string, handlers: LiveStreamHandlers<WebhookEvent>) => LiveStream;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly settleMs?: number;
  readonly firstRetryMs?: number;
}

export interface FeedState {
  readonly list: EventList;
  /** The first page is being read. */
  readonly isLoading: boolean;
  readonly isLoadingOlder: boolean;
  /** Of the newest try to read a page; null: it succeeded. */
  readonly error: ApiError | null;
  /** `off`: what happens now does not belong to the query, or the query is refused. */
  readonly live: LiveState | 'off';
}

export interface EventFeed {
  read(): FeedState;
  /** @returns ends it */
  subscribe(listener: () => void): () => void;
  /** @param isHeld - somebody reads: what arrives waits */
  hold(isHeld: boolean): void;
  showWaiting(): void;
  loadOlder(): void;
  /** Reads anew, from the newest on. */
  reload(): void;
  close(): void;
}

/** Fills a screen, and is read within some milliseconds. */
export const PAGE_LIMIT = 100;
/** The most that the API gives: what came while there was no stream is wanted at once. */
const CATCH_UP_LIMIT = 1_000;
/** An event is stored within 2 s of being told live: what came as the stream began is there by then. */
const SETTLE_MS = 2_500;
const MAX_SETTLE_MS = 60_000;
const FIRST_RETRY_MS = 2_000;
const MAX_RETRY_MS = 30_000;

export function createEventFeed(query: EventQuery, deps: EventFeedDeps): EventFeed {
  const { ask, openStream, now, settleMs = SETTLE_MS, firstRetryMs = FIRST_RETRY_MS } = deps;
  const listeners = new Set<() => void>();
  const closing = new AbortController();
  let isHeld = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let retryMs = firstRetryMs;
  /** Told while the first page is being read. */
  let early: WebhookEvent[] = [];
  let state: FeedState = {
    list: NO_EVENTS,
    isLoading: true,
    isLoadingOlder: false,
    error: null,
    live: includesNow(query, now()) ? 'connecting' : 'off',
  };
  let reading = readFirst();
  const stream = state.live === 'off' ? null : openStream(streamPath(query), streamHandlers());

  return {
    read: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hold(held) {
      isHeld = held;
    },
    showWaiting() {
      if (keepsAllWaiting(state.list)) set({ list: withWaitingShown(state.list) });
      else reading = readFirst();
    },
    loadOlder() {
      const { list, isLoading, isLoadingOlder } = state;
      if (list.older && !isLoading && !isLoadingOlder && !isFull(list)) void readOlder(list.older);
    },
    reload() {
      reading = readFirst();
    },
    close() {
      closing.abort();
      clearTimeout(settling);
      clearTimeout(retrying);
      stream?.close();
      listeners.clear();
    },
  };

  function streamHandlers(): LiveStreamHandlers<WebhookEvent> {
    return {
      onMessages(events) {
        if (state.isLoading) early.push(...events);
        else set({ list: withNewer(state.list, events, isHeld) });
      },
      onState: (live) => set({ live }),
      onBegin() {
        const newest = state.isLoading ? null : newestTime(state.list);
        if (newest !== null) void catchUp(newest);
        settle(newest, settleMs);
      },
    };
  }

  /** @returns the time of the newest event that was stored; null: there is none, or it failed */
  async function readFirst(): Promise<string | null> {
    clearTimeout(retrying);
    const { rows, waiting } = state.list;
    // Stored a moment later than they were told: the page may not have them yet.
    early = [...waiting, ...rows.slice(0, PAGE_LIMIT)].toReversed();
    set({ isLoading: true });
    try {
      const page = await readPage({ limit: String(PAGE_LIMIT) });
      retryMs = firstRetryMs;
      const list = withNewer(firstPage(page), early, false);
      set({ list, isLoading: false, error: null });
      return page.events[0]?.timestamp ?? null;
    } catch (failure) {
      const error = asApiError(failure);
      set({ error, isLoading: false });
      afterFirstFailed(error);
      return null;
    }
  }

  /** What is refused would be so again, and its stream as well; all else is tried again. */
  function afterFirstFailed(error: ApiError): void {
    if (closing.signal.aborted) return;
    if (isFinal(error)) {
      clearTimeout(settling);
      stream?.close();
      set({ live: 'off' });
      return;
    }
    retrying = setTimeout(() => {
      reading = readFirst();
    }, retryMs);
    retryMs = Math.min(MAX_RETRY_MS, 2 * retryMs);
  }

  async function readOlder(older: OlderPage): Promise<void> {
    set({ isLoadingOlder: true, error: null });
    try {
      const page = await readPage({ limit: String(PAGE_LIMIT), ...olderFields(older) });
      // Read anew meanwhile, it goes on elsewhere.
      if (state.list.older === older) set({ list: withOlder(state.list, page) });
      set({ isLoadingOlder: false });
    } catch (error) {
      set({ error: asApiError(error), isLoadingOlder: false });
    }
  }

  function settle(newest: string | null, waitMs: number): void {
    clearTimeout(settling);
    settling = setTimeout(async () => {
      const isDone = await catchUp(newest ?? (await reading));
      if (!isDone) settle(newest, Math.min(MAX_SETTLE_MS, 2 * waitMs));
    }, waitMs);
  }

  /**
   * Reads what was stored since.
   * @param newest - the time of the newest event that was known then; null: there was none
   * @returns false: it failed
   */
  async function catchUp(newest: string | null): Promise<boolean> {
    // The first page is still to come, and brings it.
    if (state.error !== null && newest === null) return true;
    try {
      const page = await readPage({ ...sinceFields(newest), limit: String(CATCH_UP_LIMIT) });
      const list = withNewer(state.list, page.events.toReversed(), isHeld);
      if (page.next_cursor === null) set({ list });
      else if (isHeld) set({ list: withGap(list) });
      else reading = readFirst();
      return true;
    } catch {
      return closing.signal.aborted;
    }
  }

  function readPage(fields: Readonly<Record<string, string>>): Promise<EventsPage> {
    return ask(eventsPath(query, now(), fields), closing.signal);
  }

  function set(changes: Partial<FeedState>): void {
    if (closing.signal.aborted) return;
    state = { ...state, ...changes };
    for (const listener of listeners) listener();
  }
}
