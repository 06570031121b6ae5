/** Within a part of a page whose answer does not come: says so, and that the rest is as it was. */
import type { Resource } from '../api/resource-store.ts';
import { formatShort } from '../format/times.ts';
import { ToneMark } from './status-badge.tsx';
import './panel-error.css';

export interface PanelErrorProps {
  readonly resource: Pick<Resource<unknown>, 'data' | 'error' | 'answeredAtMs'>;
  /** What does not come, in the plural: "Events". */
  readonly what: string;
}

/** Nothing while the newest answer came. */
export function PanelError({ resource, what }: PanelErrorProps) {
  const { data, error, answeredAtMs } = resource;
  if (!error) return null;
  const isOld = data !== null && answeredAtMs !== null;
  return (
    <p class="panel-error" role="status">
      <ToneMark tone="warn" />
      <span>
        {isOld
          ? `${what} are not up to date. Last update: ${formatShort(answeredAtMs)}.`
          : `${what} could not be loaded.`}{' '}
        {error.message}
      </span>
    </p>
  );
}
