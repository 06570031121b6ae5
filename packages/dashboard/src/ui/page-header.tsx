/** The top of a page: what it shows, how fresh it is, and what one can do. Also the tab's title. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { WatchedResource } from '../api/resources.ts';
import { formatAgo } from '../format/times.ts';
import { nameTab } from '../shell/tab.ts';
import { useNow } from '../state/use-now.ts';
import './page-header.css';

export interface PageHeaderProps {
  readonly title: string;
  /** In front of the title, such as the way back. */
  readonly above?: ComponentChildren;
  /** Beside the title, such as a status. */
  readonly beside?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** Whose freshness is told. */
  readonly resource?: WatchedResource<unknown>;
}

export function PageHeader({ title, above, beside, actions, resource }: PageHeaderProps) {
  useEffect(() => nameTab(title), [title]);
  return (
    <header class="page-header">
      {above && <div class="page-above">{above}</div>}
      <div class="page-title">
        <h1 tabIndex={-1}>{title}</h1>
        {beside}
      </div>
      <div class="page-actions">
        {resource && <Freshness resource={resource} />}
        {actions}
      </div>
    </header>
  );
}

/** Says when the shown was true, and aloud when it could not be asked for again. */
function Freshness({ resource }: { readonly resource: WatchedResource<unknown> }) {
  const nowMs = useNow();
  const { error, answeredAtMs, refreshMs } = resource;
  if (answeredAtMs === null) return null;
  const ageMs = Math.max(0, nowMs - answeredAtMs);
  const isStale = error !== null || isOld(ageMs, refreshMs);
  const ago = formatAgo(nowMs - ageMs, nowMs);
  return (
    <>
      <span class={isStale ? 'freshness tone-bad' : 'freshness'}>
        {isStale ? `Stale: updated ${ago}` : `Updated ${ago}`}
      </span>
      <span class="visually-hidden" role="status">
        {error ? `Not updated: ${error.message}` : isStale ? 'Not updated: no response' : ''}
      </span>
    </>
  );
}

/** A slow answer is no reason to worry; one that should have come twice is. */
const SLOW_MS = 10_000;

function isOld(ageMs: number, refreshMs: number | null): boolean {
  return refreshMs !== null && ageMs > 2 * refreshMs + SLOW_MS;
}
