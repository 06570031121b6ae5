/** The top of a page: what it shows, how fresh it is, and what one can do. Also the tab's title. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Resource } from '../api/resource-store.ts';
import { formatAgo } from '../format/times.ts';
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
  readonly resource?: Resource<unknown>;
}

export function PageHeader({ title, above, beside, actions, resource }: PageHeaderProps) {
  useEffect(() => {
    document.title = `${title} · Hookpulse`;
  }, [title]);
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
function Freshness({ resource }: { readonly resource: Resource<unknown> }) {
  const nowMs = useNow();
  const { error, answeredAtMs } = resource;
  const ago = answeredAtMs === null ? null : formatAgo(answeredAtMs, Math.max(nowMs, answeredAtMs));
  return (
    <>
      <span class={error ? 'freshness tone-bad' : 'freshness'}>
        {ago && (error ? `Stale: updated ${ago}` : `Updated ${ago}`)}
      </span>
      <span class="visually-hidden" role="status">
        {error && answeredAtMs !== null ? `Not updated: ${error.message}` : ''}
      </span>
    </>
  );
}
