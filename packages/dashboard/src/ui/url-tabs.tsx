/** Views of a page, of which the address says which one is open: `?tab=history`. */
import { useLocation } from 'preact-iso';
import { formatCount } from '../format/numbers.ts';
import { changedSearch } from '../state/url-state.ts';
import './url-tabs.css';

export interface Tab {
  readonly value: string;
  readonly title: string;
  /** How many things are there, such as `1,000+`; null or none: it is not told. */
  readonly count?: number | string | null;
}

export interface UrlTabsProps {
  readonly label: string;
  /** The first one is open when the address says nothing. */
  readonly tabs: readonly Tab[];
  readonly open: string;
}

/** All other parameters in the URL belong to the tab that is left. */
export function UrlTabs({ label, tabs, open }: UrlTabsProps) {
  const { path } = useLocation();
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ value, title, count }, index) => (
        <a
          key={value}
          href={path + changedSearch('', { tab: index === 0 ? null : value })}
          aria-current={value === open ? 'page' : undefined}
        >
          {title}
          {count != null && (
            <span class="tab-count">{typeof count === 'number' ? formatCount(count) : count}</span>
          )}
        </a>
      ))}
    </nav>
  );
}
