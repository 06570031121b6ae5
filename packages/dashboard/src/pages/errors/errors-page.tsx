/** `/errors`: what fails, by group; the filters are kept in the URL. */
import type { ErrorGroup, ErrorGroups } from '@hookpulse/api/error-groups';
import { CircleCheck, SearchX } from 'lucide';
import { useMemo } from 'preact/hooks';
import { resources, useResource } from '../../api/resources.ts';
import { serverNow } from '../../api/server-clock.ts';
import { UrlBot } from '../../bot-choice/url-bot.tsx';
import { useBots } from '../../bot-choice/use-bots.ts';
import { formatCount } from '../../format/numbers.ts';
import { SavedViewsButton } from '../../saved-views/saved-views-button.tsx';
import { rangeOfUrl } from '../../state/time-range.ts';
import { useUrlSort } from '../../state/url-sort.ts';
import { useUrlState } from '../../state/url-state.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { FilterBar, UrlSearch, UrlSelect, UrlText } from '../../ui/filter-bar.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { RANGE_NAMES, RangePicker } from '../../ui/range-picker.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { errorColumns } from './error-columns.tsx';
import { ErrorDrawer } from './error-drawer.tsx';
import {
  ERROR_FILTER_NAMES,
  ERROR_PRESETS,
  ERRORS_PATH,
  type ErrorQuery,
  eventsOfGroup,
  groupsPath,
  OPEN_STATES,
} from './error-queries.ts';
import { ERROR_STATE_WORDS, errorStateOfText } from './error-words.ts';

const REFRESH_MS = 10_000;
const OPEN = '';
const ALL = 'all';

const STATE_OPTIONS = [
  { value: OPEN, title: 'Open' },
  { value: ALL, title: 'All states' },
  ...Object.entries(ERROR_STATE_WORDS).map(([value, title]) => ({ value, title })),
];

export function ErrorsPage() {
  const url = useUrlState();
  const { bots, error: botsError } = useBots();
  const query = errorQueryOfUrl(url);
  const path = groupsPath(query, errorStateOfText(url.get('state')), serverNow());
  const resource = useResource<ErrorGroups>(path, { refreshMs: REFRESH_MS });
  const { data, error } = resource;
  const opened = url.get('error');
  return (
    <>
      <PageHeader title="Errors" resource={resource} actions={<SavedViewsButton />} />
      <FilterBar
        names={[...ERROR_FILTER_NAMES, 'q', 'state', ...RANGE_NAMES]}
        summary={data && summaryOf(data)}
      >
        <UrlSearch name="q" label="Search errors" />
        <UrlBot bots={bots} error={botsError} />
        <UrlSelect name="state" label="State" options={STATE_OPTIONS} />
        <UrlText name="error_type" label="Error type" />
        <UrlText name="update_type" label="Update type" />
        <RangePicker presets={ERROR_PRESETS} />
      </FilterBar>
      {error && !data ? (
        <ErrorState error={error} retry={() => resources.refresh(ERRORS_PATH)} />
      ) : !data ? (
        <TableSkeleton />
      ) : (
        <>
          <PanelError resource={resource} what="Errors" />
          <Groups answer={data} query={query} />
        </>
      )}
      {opened !== '' && (
        <ErrorDrawer
          fingerprint={opened}
          query={query}
          onClose={() => url.set({ error: null }, true)}
        />
      )}
    </>
  );
}

function Groups({ answer, query }: { readonly answer: ErrorGroups; readonly query: ErrorQuery }) {
  const url = useUrlState();
  const [sort, setSort] = useUrlSort({ column: 'count', direction: 'desc' });
  const [search, state, opened] = [
    url.get('q').trim().toLowerCase(),
    url.get('state'),
    url.get('error'),
  ];
  const { from, to } = answer;
  const rows = useMemo(
    () => answer.groups.filter((group) => isWanted(group, search, state)),
    [answer, search, state],
  );
  const columns = useMemo(
    () =>
      errorColumns({
        linkOf: ({ fingerprint }) => url.link({ error: fingerprint }),
        eventsOf: ({ fingerprint }) =>
          eventsOfGroup(fingerprint, {
            from,
            to,
            bot_id: query.filter.bot_id,
            update_type: query.filter.update_type,
          }),
        span: { fromMs: Date.parse(from), toMs: Date.parse(to) },
      }),
    [url, from, to],
  );
  if (answer.failures === 0) {
    return (
      <EmptyState title="No errors in this time" icon={CircleCheck}>
        Failed updates appear here by themselves, grouped by what went wrong.
      </EmptyState>
    );
  }
  if (rows.length === 0) {
    return (
      <EmptyState title="No errors match these filters" icon={SearchX}>
        {answer.groups.length > 0 && `${formatCount(answer.groups.length)} groups are hidden. `}
        Choose all states, or clear the filters.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Errors"
      rows={rows}
      rowKey={fingerprintOf}
      columns={columns}
      sort={sort}
      onSort={setSort}
      isSelected={({ fingerprint }) => fingerprint === opened}
    />
  );
}

function errorQueryOfUrl(url: ReturnType<typeof useUrlState>): ErrorQuery {
  return {
    filter: {
      bot_id: url.get('bot_id'),
      error_type: url.get('error_type'),
      update_type: url.get('update_type'),
    },
    range: rangeOfUrl(url, ERROR_PRESETS),
  };
}

function isWanted(group: ErrorGroup, search: string, state: string): boolean {
  if (
    state === OPEN ? !OPEN_STATES.includes(group.state) : state !== ALL && group.state !== state
  ) {
    return false;
  }
  const text = `${group.error_type ?? ''} ${group.pattern} ${group.error_message ?? ''}`;
  return search === '' || text.toLowerCase().includes(search);
}

function summaryOf({ groups, total_groups: total, failures }: ErrorGroups): string {
  const shown = groups.length < total ? `${formatCount(groups.length)} of ` : '';
  const noun = total === 1 ? 'group' : 'groups';
  return `${shown}${formatCount(total)} ${noun}, ${formatCount(failures)} failures`;
}

function fingerprintOf({ fingerprint }: ErrorGroup): string {
  return fingerprint;
}
