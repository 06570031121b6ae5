/** The events of a feed, what waits to be shown, and what is older. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { ArrowUp } from 'lucide';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Bots } from '../../bot-choice/use-bots.ts';
import { formatCount } from '../../format/numbers.ts';
import { useUrlState } from '../../state/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { OlderButton } from '../../ui/older-button.tsx';
import { PanelError } from '../../ui/panel-error.tsx';
import { eventColumns } from './event-columns.tsx';
import type { EventFeed, FeedState } from './event-feed.ts';
import { type EventList, isFull, keyOf } from './event-list.ts';
import './event-table.css';
import { useReading } from './use-reading.ts';

export interface EventTableProps {
  readonly feed: EventFeed;
  readonly state: FeedState;
  readonly known: Pick<Bots, 'names' | 'shared'>;
  readonly isPaused: boolean;
  /** They are of the filters before: those of now are not read yet. */
  readonly isEarlier: boolean;
}

export function EventTable({ feed, state, known, isPaused, isEarlier }: EventTableProps) {
  const url = useUrlState();
  const box = useRef<HTMLDivElement>(null);
  const isReading = useReading(box);
  const isHeld = isPaused || isReading;
  const { list, error, isLoadingOlder } = state;
  const columns = useMemo(
    () => eventColumns({ linkOf: (event) => url.link({ event: event.event_id }), bots: known }),
    [url, known.names],
  );
  useEffect(() => {
    feed.hold(isHeld);
    if (!isHeld && waits(list)) feed.showWaiting();
  }, [feed, isHeld]);

  function showWaiting(): void {
    window.scrollTo(0, 0);
    feed.showWaiting();
  }

  return (
    <div ref={box} class={isEarlier ? 'events is-earlier' : 'events'} aria-busy={isEarlier}>
      <div class="events-waiting" role="status">
        {waits(list) && (
          <Button kind="primary" icon={ArrowUp} onClick={showWaiting}>
            {waitingText(list)}
          </Button>
        )}
      </div>
      {list.older === null && (
        <PanelError resource={{ data: list, error, answeredAtMs: null }} what="Newer events" />
      )}
      <DataTable
        label="Events"
        rows={list.rows}
        rowKey={keyOf}
        columns={columns}
        isSelected={({ event_id }: WebhookEvent) => event_id === url.get('event')}
        isSteady={false}
      />
      {isFull(list) ? (
        <p class="events-full">
          These are {formatCount(list.rows.length)} events. Choose an earlier range to see older
          ones.
        </p>
      ) : (
        <OlderButton
          pages={{
            hasOlder: list.older !== null,
            reading: { isBusy: isLoadingOlder, error },
            readOlder: () => feed.loadOlder(),
          }}
        />
      )}
    </div>
  );
}

function waits({ waitingCount, hasGap }: EventList): boolean {
  return waitingCount > 0 || hasGap;
}

function waitingText({ waitingCount, hasGap }: EventList): string {
  if (hasGap) return 'Many new events';
  return waitingCount === 1 ? '1 new event' : `${formatCount(waitingCount)} new events`;
}
