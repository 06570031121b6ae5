/** Keys that work on every page: `/` to search, `g` and a letter to go, Ctrl-K for all, `?` for help. */

import { useEffect } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { PAGES } from '../pages/pages.tsx';
import { leaveScope, PAGE } from '../state/unsaved.ts';

/** The second key has to follow by then. */
const SEQUENCE_MS = 1_200;

export interface ShortcutDeps {
  readonly showHelp: () => void;
  readonly showPalette: () => void;
}

export function useShortcuts({ showHelp, showPalette }: ShortcutDeps): void {
  const { route } = useLocation();
  useEffect(() => {
    let wentAtMs = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      if (isPaletteKey(event)) {
        event.preventDefault();
        // A dialog that is open is closed first.
        if (!document.querySelector('dialog:modal')) showPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const isSecond = event.timeStamp - wentAtMs < SEQUENCE_MS;
      wentAtMs = 0;
      if (event.key === '?') showHelp();
      else if (event.key === '/') focusSearch(event);
      else if (event.key === 'g') wentAtMs = event.timeStamp;
      else if (isSecond) {
        const page = PAGES.find(({ shortcut }) => shortcut === event.key);
        if (page) leaveScope(PAGE, () => route(page.path));
      }
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [route, showHelp, showPalette]);
}

/** Ctrl-K, and on a Mac Command-K, also while one types. */
function isPaletteKey({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k';
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, select, textarea, dialog') !== null;
}
