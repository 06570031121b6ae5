/** Light or dark: as the system has it, until somebody chooses. */
import { useEffect, useState } from 'preact/hooks';

export type Theme = 'light' | 'dark';

export interface ThemeChoice {
  readonly shown: Theme;
  choose(theme: Theme): void;
}

const STORAGE_KEY = 'hookpulse-theme';
const CHANGED = 'hookpulse:theme';
const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

/** To be called before anything is drawn. */
export function applyTheme(): void {
  const chosen = chosenTheme();
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}

export function useTheme(): ThemeChoice {
  const [shown, setShown] = useState(shownTheme);
  useEffect(() => {
    const update = () => setShown(shownTheme());
    prefersDark.addEventListener('change', update);
    window.addEventListener(CHANGED, update);
    return () => {
      prefersDark.removeEventListener('change', update);
      window.removeEventListener(CHANGED, update);
    };
  }, []);
  return { shown, choose };
}

/** What the system has as well need not be kept: then it follows the system again. */
function choose(theme: Theme): void {
  if (theme === systemTheme()) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, theme);
  applyTheme();
  window.dispatchEvent(new Event(CHANGED));
}

function shownTheme(): Theme {
  return chosenTheme() ?? systemTheme();
}

function systemTheme(): Theme {
  return prefersDark.matches ? 'dark' : 'light';
}

function chosenTheme(): Theme | null {
  const kept = localStorage.getItem(STORAGE_KEY);
  return kept === 'light' || kept === 'dark' ? kept : null;
}
