/** What the user has typed before and would have to type again, kept by the browser. */
import { useState } from 'preact/hooks';

/** @param key - of the browser's storage */
export function useRemembered(key: string): readonly [string, (value: string) => void] {
  const [value, setValue] = useState(() => localStorage.getItem(key) ?? '');
  return [
    value,
    (next) => {
      setValue(next);
      localStorage.setItem(key, next);
    },
  ];
}
