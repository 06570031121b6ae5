/** Firing and past alerts, with filters that are kept in the URL. */

import { RULE_FORMS } from '@hookpulse/api/alert-form';
import type { AlertView } from '@hookpulse/api/alert-view';
import { SearchX } from 'lucide';
import { useMemo } from 'preact/hooks';
import type { ListAnswer } from '../../api/answers.ts';
import { resources } from '../../api/resources.ts';
import { usePages } from '../../api/use-pages.ts';
import { UrlBot } from '../../bot-choice/url-bot.tsx';
import { useBots } from '../../bot-choice/use-bots.ts';
import { useUrlState } from '../../state/url-state.ts';
import { useNow } from '../../state/use-now.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FilterBar, UrlSelect } from '../../ui/filter-bar.tsx';
import { OlderButton } from '../../ui/older-button.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { historyPath, placeText, RANGE_WORDS, RANGES } from './alert-queries.ts';
import { historyColumns } from './history-columns.tsx';

const REFRESH_MS = 15_000;
const ANY = '';

const RULE_OPTIONS = [
  { value: ANY, title: 'All rules' },
  ...RULE_FORMS.map(({ rule, title }) => ({ value: rule, title })),
];
const STATE_OPTIONS = [
  { value: ANY, title: 'All states' },
  { value: 'firing', title: 'Firing' },
  { value: 'resolved', title: 'Resolved' },
];
const RANGE_OPTIONS = RANGES.map((range) => ({ value: range, title: RANGE_WORDS[range] }));

export function HistoryView() {
  const url = useUrlState();
  const nowMs = useNow();
  const { bots, shared, error } = useBots();
  const filter = {
    botId: url.get('bot_id'),
    rule: url.get('rule'),
    state: url.get('state'),
    range: url.oneOf('range', RANGES),
  };
  const pages = usePages<ListAnswer<'alerts', AlertView>, AlertView>({
    pathOf: (cursor) => historyPath(filter, cursor, nowMs),
    itemsOf: ({ alerts }) => alerts,
    keyOf: alertId,
    refreshMs: REFRESH_MS,
    identity: JSON.stringify(filter),
  });
  const columns = useMemo(
    () => historyColumns((alert) => url.link({ alert: placeText(alert) }), shared),
    [url, shared],
  );
  const { items, resource } = pages;
  return (
    <>
      <FilterBar names={['bot_id', 'rule', 'state', 'range']}>
        <UrlBot bots={bots} error={error} />
        <UrlSelect name="rule" label="Rule" options={RULE_OPTIONS} />
        <UrlSelect name="state" label="State" options={STATE_OPTIONS} />
        <UrlSelect name="range" label="Range" options={RANGE_OPTIONS} />
      </FilterBar>
      {resource.error && !resource.data ? (
        <ErrorState error={resource.error} retry={() => resources.refresh('/api/alerts')} />
      ) : !items ? (
        <TableSkeleton />
      ) : items.length === 0 ? (
        <EmptyState title="No alerts match these filters" icon={SearchX}>
          Choose a longer range, or clear the filters.
        </EmptyState>
      ) : (
        <>
          <PanelError resource={resource} what="Alerts" />
          <DataTable
            label="Alerts"
            rows={items}
            rowKey={alertId}
            columns={columns}
            isSelected={(alert) => placeText(alert) === url.get('alert')}
          />
          <OlderButton pages={pages} />
        </>
      )}
    </>
  );
}

function alertId({ alert_id }: AlertView): string {
  return alert_id;
}
