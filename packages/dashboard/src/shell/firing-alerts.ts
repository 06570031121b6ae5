/** How many alerts fire, where one looks first: in the navigation, the tab's title and its icon. */
import type { AlertView } from '@hookpulse/api/alert-view';
import { useEffect } from 'preact/hooks';
import type { ListAnswer } from '../api/answers.ts';
import { useResource } from '../api/resources.ts';
import { useSession } from '../api/session.tsx';
import { countInTab } from './tab.ts';

/** More are not counted: `99+`. */
const MOST = 99;
const PATH = `/api/alerts?state=firing&limit=${MOST + 1}`;
const REFRESH_MS = 10_000;

/** `3`, `99+`, `0`; null: it is not known. Also shown in the tab. */
export function useFiringCount(): string | null {
  const { reads } = useSession();
  const { data } = useResource<ListAnswer<'alerts', AlertView>>(reads ? PATH : null, {
    refreshMs: REFRESH_MS,
  });
  const count = data?.alerts.length ?? null;
  const text = count !== null && count > MOST ? `${MOST}+` : (count?.toString() ?? null);
  useEffect(() => countInTab(text === '0' ? null : text), [text]);
  return text;
}

/** The same; null also where none fires. */
export function useFiringAlerts(): string | null {
  const count = useFiringCount();
  return count === '0' ? null : count;
}
