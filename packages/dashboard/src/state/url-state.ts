/**
 * The part of a view's state that is kept in its URL, so that it can be linked and gone back to.
 */

import { useCallback, useMemo } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { fromBase } from '../base-path.ts';

/** Null or empty: taken out of the address. */
export type UrlChanges = Readonly<Record<string, string | null>>;

export interface UrlState {
  /** Empty when it is not there. */
  get(name: string): string;
  /** One of the allowed values; else the first of them. */
  oneOf<T extends string>(name: string, allowed: readonly [T, ...T[]]): T;
  /** Replaces the entry of the history; @param isStep - makes a new one, to go back from. */
  set(changes: UrlChanges, isStep?: boolean): void;
  /** The address with the changes, for a link. */
  link(changes: UrlChanges): string;
}

export function useUrlState(): UrlState {
  const { query, route } = useLocation();
  const set = useCallback(
    (changes: UrlChanges, isStep = false) => {
      // Of now, not of when this was rendered: two changes in a row both count.
      const { pathname, search } = window.location;
      route(fromBase(pathname) + changedSearch(search, changes), !isStep);
    },
    [route],
  );
  return useMemo(
    () => ({
      get: (name) => query[name] ?? '',
      oneOf: (name, allowed) => allowed.find((value) => value === query[name]) ?? allowed[0],
      set,
      link: (changes) =>
        fromBase(window.location.pathname) + changedSearch(window.location.search, changes),
    }),
    [query, set],
  );
}

/** @param search - with its question mark, or empty; so is what is returned */
export function changedSearch(search: string, changes: UrlChanges): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') params.delete(name);
    else params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
