/** The page's one store of answers, and the hook with which components read it. */
import { useEffect, useReducer, useRef } from 'preact/hooks';
import { askVersioned } from './client.ts';
import { createResourceStore, EMPTY_RESOURCE, type Resource } from './resource-store.ts';
import { serverNow } from './server-clock.ts';

export const resources = createResourceStore(
  (path, signal) => askVersioned(path, { signal }),
  serverNow,
);

export function pauseWhileHidden(): void {
  document.addEventListener('visibilitychange', () => resources.setPaused(document.hidden));
  window.addEventListener('online', () => resources.refresh());
}

export interface ResourceOptions {
  /** Default: asked once. */
  readonly refreshMs?: number;
}

export interface WatchedResource<T> extends Resource<T> {
  /** `data` is the answer to the path before: this one's has not come yet. */
  readonly isPrevious: boolean;
  /** How often it is asked for again, milliseconds; null: once. */
  readonly refreshMs: number | null;
}

/**
 * The newest answer to a path. When the path changes, the answer before stays until the new one is
 * there, so that nothing jumps. @param path - null: nothing is asked
 */
export function useResource<T>(
  path: string | null,
  { refreshMs }: ResourceOptions = {},
): WatchedResource<T> {
  const [, rerender] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (path === null) return;
    return resources.watch(path, refreshMs ?? null, () => rerender(undefined));
  }, [path, refreshMs]);

  const previous = useRef<Resource<T>>(EMPTY_RESOURCE);
  const current = path === null ? EMPTY_RESOURCE : (resources.read(path) as Resource<T>);
  if (path === null || current.data !== null) previous.current = current;
  const isPrevious =
    current.data === null && current.error === null && previous.current !== current;
  const isLoading = path !== null && (current.isLoading || current.answeredAtMs === null);
  return isPrevious
    ? { ...previous.current, isLoading, isPrevious, refreshMs: refreshMs ?? null }
    : {
        ...current,
        isLoading: isLoading && current.error === null,
        isPrevious,
        refreshMs: refreshMs ?? null,
      };
}
