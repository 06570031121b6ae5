/** All bots, with search, filters and sorting that are kept in the URL. */

import type { FleetHealth } from '@hookpulse/api/fleet-health';
import { HEALTH_STATUSES } from '@hookpulse/common/windows/health-status';
import { Bot } from 'lucide';
import { useMemo } from 'preact/hooks';
import { serverNow } from '../../api/server-clock.ts';
import { useSession } from '../../api/session.tsx';
import { botsOfSharedNames } from '../../bot-choice/shared-names.ts';
import { useBots } from '../../bot-choice/use-bots.ts';
import { useCauses } from '../../error-causes/use-causes.ts';
import { formatCount } from '../../format/numbers.ts';
import { useUrlSort } from '../../state/url-sort.ts';
import { useUrlState } from '../../state/url-state.ts';
import { LinkButton } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { FilterBar, UrlSearch, UrlSelect } from '../../ui/filter-bar.tsx';
import { STATUS_WORDS } from '../../ui/status-badge.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { type FleetBot, type FleetRow, fleetColumns, sumOf } from './fleet-columns.tsx';

const COLUMNS = fleetColumns(serverNow);
const STATUS_OPTIONS = [
  { value: 'all', title: 'All statuses' },
  ...HEALTH_STATUSES.map((status) => ({ value: status, title: STATUS_WORDS[status] })),
];

export interface FleetTableProps {
  /** Null: not known yet. */
  readonly health: FleetHealth | null;
  /** The same with trends, perhaps of some seconds ago. */
  readonly trends: FleetHealth | null;
}

export function FleetTable({ health, trends }: FleetTableProps) {
  const url = useUrlState();
  const [sort, setSort] = useUrlSort({ column: 'status', direction: 'asc' });
  const [search, status] = [url.get('q').trim().toLowerCase(), url.get('status')];
  const trendOf = useMemo(
    () => new Map(trends?.bots.map((bot) => [bot.bot_id, bot.trend])),
    [trends],
  );
  const causes = useCauses();
  const shared = useMemo(() => botsOfSharedNames((health?.bots ?? []).map(named)), [health]);
  const rows = useMemo(
    () =>
      (health?.bots ?? [])
        .filter((bot) => isWanted(bot, search, status))
        .map((bot) => {
          const trend = trendOf.get(bot.bot_id);
          return {
            ...bot,
            trend,
            dayEvents: sumOf(trend?.events),
            isNameShared: shared.has(bot.bot_id),
            cause: causes.get(bot.bot_id),
          };
        }),
    [health, trendOf, causes, search, status],
  );
  if (health && health.bots.length === 0) return <NoBots />;
  return (
    <>
      <FilterBar
        names={['q', 'status']}
        summary={health && `${formatCount(rows.length)} of ${formatCount(health.bots.length)} bots`}
      >
        <UrlSearch name="q" label="Search bots" />
        <UrlSelect name="status" label="Status" options={STATUS_OPTIONS} />
      </FilterBar>
      {health === null && <TableSkeleton />}
      {health && rows.length === 0 && (
        <EmptyState title="No bots match these filters" icon={Bot}>
          Search for another part of the name or id, or clear the filters.
        </EmptyState>
      )}
      {rows.length > 0 && (
        <DataTable
          label="Bots"
          rows={rows}
          rowKey={botId}
          columns={COLUMNS}
          sort={sort}
          onSort={setSort}
        />
      )}
    </>
  );
}

function NoBots() {
  const { reads, writesAll } = useSession();
  const { bots } = useBots(reads);
  if (bots.length > 0) {
    return (
      <EmptyState title="No bots are enabled" icon={Bot}>
        {bots.length === 1 ? 'There is one bot, and it is' : `All ${bots.length} bots are`}{' '}
        disabled. See <a href="/bots">bots</a>.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title="No bots yet"
      icon={Bot}
      actions={writesAll && <LinkButton href="/bots?add=1">Add a bot</LinkButton>}
    >
      Register the first one with <code>npx hookpulse bot add MyBot</code>. It appears here at once.
    </EmptyState>
  );
}

function isWanted(bot: FleetBot, search: string, status: string): boolean {
  if (status !== '' && bot.status !== status) return false;
  if (search === '') return true;
  return bot.bot_name.toLowerCase().includes(search) || bot.bot_id.toLowerCase().includes(search);
}

function named({ bot_id, bot_name }: FleetBot) {
  return { bot_id, name: bot_name };
}

function botId({ bot_id }: FleetRow): string {
  return bot_id;
}
