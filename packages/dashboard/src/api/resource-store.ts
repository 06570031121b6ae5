/**
 * What was last answered for each path, asked for again every so often while somebody looks. An old
 * answer stays until a new one is there; a failing path is asked ever more rarely; nothing is asked
 * while the page is hidden.
 */
import { type ApiError, asApiError, isFinal, type Versioned } from './client.ts';

export interface Resource<T> {
  /** Null: nothing has been answered yet. */
  readonly data: T | null;
  /** The version of `data`, by which a change refers to it; null: it has none. */
  readonly etag: string | null;
  /** Of the newest try; null: it succeeded, or there was none. */
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  /** When `data` was answered, milliseconds since the epoch by the clock of the store. */
  readonly answeredAtMs: number | null;
}

export interface ResourceStore {
  read(path: string): Resource<unknown>;
  /**
   * Looks at a path: asks for it now unless its answer is younger than `refreshMs`, and then every
   * `refreshMs`. @param refreshMs - null: asked once @returns ends the looking
   */
  watch(path: string, refreshMs: number | null, listener: () => void): () => void;
  /** Asks again, at once, for whatever is looked at and starts with the prefix. */
  refresh(prefix?: string): void;
  /** What it told of was deleted: it is not asked for again, not even for who looks still. */
  forget(path: string): void;
  /** @param isPaused - whether nobody sees the page */
  setPaused(isPaused: boolean): void;
  /** Forgets everything: another user looks. */
  clear(): void;
}

interface Watch {
  readonly refreshMs: number | null;
  readonly listener: () => void;
}

interface Entry {
  resource: Resource<unknown>;
  readonly watches: Set<Watch>;
  timer: ReturnType<typeof setTimeout> | null;
  /** Aborts what is under way; null: nothing is. */
  asking: AbortController | null;
  failures: number;
}

export const EMPTY_RESOURCE: Resource<never> = {
  data: null,
  etag: null,
  error: null,
  isLoading: false,
  answeredAtMs: null,
};

/** Answers that nobody looks at are kept so that going back shows them at once; this many. */
const MAX_KEPT = 50;
const NOT_FOUND = 404;
const MAX_BACKOFF_MS = 60_000;
/** Also of paths that are asked for once: a failure is tried again. */
const FIRST_BACKOFF_MS = 5_000;

export function createResourceStore(
  ask: (path: string, signal: AbortSignal) => Promise<Versioned<unknown>>,
  now: () => number = Date.now,
): ResourceStore {
  const entries = new Map<string, Entry>();
  let isPaused = false;

  return {
    read: (path) => entries.get(path)?.resource ?? EMPTY_RESOURCE,
    watch(path, refreshMs, listener) {
      const watch = { refreshMs, listener };
      const entry = entryOf(path);
      entry.watches.add(watch);
      schedule(path, entry);
      return () => {
        entry.watches.delete(watch);
        if (entry.watches.size > 0) return;
        abandon(entry);
        forgetOldest();
      };
    },
    refresh(prefix = '') {
      for (const [path, entry] of entries) {
        if (!path.startsWith(prefix)) continue;
        entry.failures = 0;
        if (entry.watches.size > 0) void load(path, entry);
        else entries.delete(path);
      }
    },
    forget(path) {
      const entry = entries.get(path);
      if (entry) abandon(entry);
      entries.delete(path);
    },
    setPaused(paused) {
      isPaused = paused;
      for (const [path, entry] of entries) {
        if (paused) stopTimer(entry);
        else if (entry.watches.size > 0) schedule(path, entry);
      }
    },
    clear() {
      for (const [path, entry] of entries) {
        abandon(entry);
        entry.failures = 0;
        set(entry, EMPTY_RESOURCE);
        if (entry.watches.size > 0) void load(path, entry);
        else entries.delete(path);
      }
    },
  };

  function entryOf(path: string): Entry {
    const known = entries.get(path);
    if (known) {
      // The one that was used last is forgotten last.
      entries.delete(path);
      entries.set(path, known);
      return known;
    }
    const entry: Entry = {
      resource: EMPTY_RESOURCE,
      watches: new Set(),
      timer: null,
      asking: null,
      failures: 0,
    };
    entries.set(path, entry);
    return entry;
  }

  function schedule(path: string, entry: Entry): void {
    stopTimer(entry);
    if (isPaused || entry.asking) return;
    const waitMs = waitOf(entry, now());
    if (waitMs === null) return;
    if (waitMs <= 0) void load(path, entry);
    else entry.timer = setTimeout(() => void load(path, entry), waitMs);
  }

  async function load(path: string, entry: Entry): Promise<void> {
    abandon(entry);
    const asking = new AbortController();
    entry.asking = asking;
    set(entry, { ...entry.resource, isLoading: true });
    try {
      const { data, etag } = await ask(path, asking.signal);
      if (entry.asking !== asking) return;
      entry.failures = 0;
      entry.asking = null;
      set(entry, { data, etag, error: null, isLoading: false, answeredAtMs: now() });
    } catch (failure) {
      if (entry.asking !== asking) return;
      entry.failures += 1;
      entry.asking = null;
      const error = asApiError(failure);
      // What is not there any more is not shown as if it were.
      const known = error.statusCode === NOT_FOUND ? EMPTY_RESOURCE : entry.resource;
      set(entry, { ...known, error, isLoading: false });
    }
    if (entry.watches.size > 0) schedule(path, entry);
  }

  function set(entry: Entry, resource: Resource<unknown>): void {
    entry.resource = resource;
    for (const { listener } of entry.watches) listener();
  }

  function forgetOldest(): void {
    const unwatched = [...entries].filter(([, entry]) => entry.watches.size === 0);
    for (const [path] of unwatched.slice(0, -MAX_KEPT)) entries.delete(path);
  }
}

/** Until it is to be asked for; null: not again. */
function waitOf({ watches, resource, failures }: Entry, nowMs: number): number | null {
  const periods = [...watches].flatMap(({ refreshMs }) => refreshMs ?? []);
  const refreshMs = periods.length > 0 ? Math.min(...periods) : null;
  if (failures > 0) {
    if (resource.error && isFinal(resource.error)) return null;
    return Math.min(MAX_BACKOFF_MS, (refreshMs ?? FIRST_BACKOFF_MS) * 2 ** (failures - 1));
  }
  if (resource.answeredAtMs === null) return 0;
  if (refreshMs === null) return null;
  // Not longer than from now on, should the clock have been set back.
  return Math.min(refreshMs, Math.max(0, resource.answeredAtMs + refreshMs - nowMs));
}

/** Nobody waits for what is under way any more. */
function abandon(entry: Entry): void {
  stopTimer(entry);
  entry.asking?.abort();
  entry.asking = null;
  entry.resource = { ...entry.resource, isLoading: false };
}

function stopTimer(entry: Entry): void {
  if (entry.timer !== null) clearTimeout(entry.timer);
  entry.timer = null;
}
