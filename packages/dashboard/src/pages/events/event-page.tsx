/** `/events/:event_id`: one event in full, at an address of its own. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { SearchX } from 'lucide';
import { useRoute } from 'preact-iso';
import type { ApiError } from '../../api/client.ts';
import { resources, useResource } from '../../api/resources.ts';
import { LinkButton } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { EventActions } from './event-actions.tsx';
import { EventDetails } from './event-details.tsx';
import { titleOf } from './event-drawer.tsx';
import { eventPath } from './event-query.ts';
import { EVENT_STATUS_TONES } from './event-tones.ts';

/** No id at all, or one that is not known. */
const NOT_THERE = [400, 404];

export function EventPage() {
  const { event_id = '' } = useRoute().params;
  const path = eventPath(event_id);
  const { data, error, isPrevious } = useResource<WebhookEvent>(path);
  const event = isPrevious ? null : data;
  return (
    <>
      <PageHeader
        title={event ? titleOf(event) : 'Event'}
        above={<a href="/events">← Events</a>}
        beside={
          event && <ToneBadge tone={EVENT_STATUS_TONES[event.status]}>{event.status}</ToneBadge>
        }
        actions={event && <EventActions event={event} />}
      />
      {event ? (
        <Card title="Every field">
          <div class="event-alone">
            <EventDetails event={event} />
          </div>
        </Card>
      ) : error ? (
        <NotShown error={error} path={path} />
      ) : (
        <Skeleton height={320} />
      )}
    </>
  );
}

function NotShown({ error, path }: { readonly error: ApiError; readonly path: string }) {
  if (!NOT_THERE.includes(error.statusCode ?? 0)) {
    return <ErrorState error={error} retry={() => resources.refresh(path)} />;
  }
  return (
    <EmptyState
      title="Event not found"
      icon={SearchX}
      actions={<LinkButton href="/events">Go to the events</LinkButton>}
    >
      Events are kept for some days (WEBHOOK_EVENT_RETENTION_DAYS). Hourly metrics still count it.
    </EmptyState>
  );
}
