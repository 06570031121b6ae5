/** `/events`: what happened, event by event, as it happens. The filters are kept in the URL. */
import { Inbox, SearchX } from 'lucide';
import { useMemo, useState } from 'preact/hooks';
import { serverNow } from '../../api/server-clock.ts';
import { type Bots, useBots } from '../../bot-choice/use-bots.ts';
import { curlOf } from '../../format/curl.ts';
import { SavedViewsButton } from '../../saved-views/saved-views-button.tsx';
import { useUrlState } from '../../state/url-state.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { TableSkeleton } from '../../ui/table-skeleton.tsx';
import { EventDrawer } from './event-drawer.tsx';
import { EventFilters } from './event-filters.tsx';
import { type EventQuery, eventQueryOfUrl, eventsPath, isFiltered } from './event-query.ts';
import { EventTable } from './event-table.tsx';
import { LiveControl } from './live-control.tsx';
import { useEventFeed, type WatchedFeed } from './use-event-feed.ts';

export function EventsPage() {
  const url = useUrlState();
  const query = useEventQuery();
  const known = useBots();
  const watched = useEventFeed(query);
  const { state } = watched;
  const [isPaused, setIsPaused] = useState(false);
  const opened = url.get('event');
  const listed = state.list.rows.find(({ event_id }) => event_id === opened) ?? null;
  return (
    <>
      <PageHeader
        title="Events"
        actions={
          <>
            <SavedViewsButton />
            <LiveControl live={state.live} isPaused={isPaused} onPause={setIsPaused} />
            <CopyButton
              text={curlOf(eventsPath(query, serverNow()), window.location.origin)}
              what="the curl request for these events"
              kind="plain"
              title="Copy as curl"
            />
          </>
        }
      />
      <EventFilters bots={known.bots} error={known.error} />
      <EventsContent query={query} known={known} watched={watched} isPaused={isPaused} />
      {opened !== '' && (
        <EventDrawer
          eventId={opened}
          known={listed}
          onClose={() => url.set({ event: null }, true)}
        />
      )}
    </>
  );
}

interface EventsContentProps {
  readonly query: EventQuery;
  readonly watched: WatchedFeed;
  readonly known: Bots;
  readonly isPaused: boolean;
}

function EventsContent({ query, watched, known, isPaused }: EventsContentProps) {
  const { feed, state, isEarlier } = watched;
  const { list, isLoading, error } = state;
  if (feed && list.rows.length > 0) {
    return (
      <EventTable
        feed={feed}
        state={state}
        known={known}
        isPaused={isPaused}
        isEarlier={isEarlier}
      />
    );
  }
  if (error) return <ErrorState error={error} retry={() => feed?.reload()} />;
  if (isLoading || isEarlier) return <TableSkeleton />;
  if (isFiltered(query)) {
    return (
      <EmptyState title="No events match these filters" icon={SearchX}>
        Choose a longer range, or clear the filters. Error types must match exactly. New events
        appear by themselves.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No events yet" icon={Inbox}>
      Deliveries and reports of bots appear here by themselves. Set the Telegram webhook of a bot,
      or try it with <code>npx hookpulse load</code>.
    </EmptyState>
  );
}

/** The same one as long as it asks for the same: what is open beside the list is no part of it. */
function useEventQuery(): EventQuery {
  const query = eventQueryOfUrl(useUrlState());
  return useMemo(() => query, [JSON.stringify(query)]);
}
