/** All bots that are registered, to be searched; a row leads to changing it, or to how it is. */
import type { BotView } from '@hookpulse/api/bot-view';
import { Bot, SearchX } from 'lucide';
import { useMemo } from 'preact/hooks';
import { resources, type WatchedResource } from '../../api/resources.ts';
import { useSession } from '../../api/session.tsx';
import { botsOfSharedNames } from '../../bot-choice/shared-names.ts';
import { formatCount } from '../../format/numbers.ts';
import { useUrlState } from '../../state/url-state.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FilterBar, UrlSearch, UrlSelect } from '../../ui/filter-bar.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { botColumns } from './bot-columns.tsx';
import { botsShown, SHOWN_BOTS } from './bot-list.ts';

const SHOWN_OPTIONS = [
  { value: 'all', title: 'Enabled and disabled' },
  { value: 'enabled', title: 'Enabled' },
  { value: 'disabled', title: 'Disabled' },
];

export interface BotsAnswer {
  readonly bots: readonly BotView[];
}

export function BotsView({ bots }: { readonly bots: WatchedResource<BotsAnswer> }) {
  const { writesAll } = useSession();
  const { data, error } = bots;
  if (!data) {
    return error ? (
      <ErrorState error={error} retry={() => resources.refresh('/api/bots')} />
    ) : (
      <TableSkeleton />
    );
  }
  if (data.bots.length === 0) {
    return (
      <EmptyState title="No bots yet" icon={Bot}>
        {writesAll
          ? 'Add the first one to get its webhook address and secret for Telegram.'
          : 'Bots appear here once somebody with write access adds them.'}
      </EmptyState>
    );
  }
  return <BotTable bots={data.bots} />;
}

function BotTable({ bots }: BotsAnswer) {
  const url = useUrlState();
  const { writes } = useSession();
  const [search, shown, edited] = [url.get('q'), url.oneOf('state', SHOWN_BOTS), url.get('edit')];
  const rows = useMemo(() => botsShown(bots, search, shown), [bots, search, shown]);
  const columns = useMemo(
    () =>
      botColumns(
        ({ bot_id }) => (writes ? url.link({ edit: bot_id, section: null }) : `/bots/${bot_id}`),
        botsOfSharedNames(bots),
      ),
    [url, writes, bots],
  );
  return (
    <>
      <FilterBar
        names={['q', 'state']}
        summary={`${formatCount(rows.length)} of ${formatCount(bots.length)} bots`}
      >
        <UrlSearch name="q" label="Search bots" />
        <UrlSelect name="state" label="Deliveries" options={SHOWN_OPTIONS} />
      </FilterBar>
      {rows.length === 0 ? (
        <EmptyState title="No bots match these filters" icon={SearchX}>
          Search for another part of the name or id, or clear the filters.
        </EmptyState>
      ) : (
        <DataTable
          label="Registered bots"
          rows={rows}
          rowKey={({ bot_id }) => bot_id}
          columns={columns}
          isSelected={({ bot_id }) => bot_id === edited}
        />
      )}
    </>
  );
}
