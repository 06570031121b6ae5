/** An event of the list in full, beside the list. */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { resources, useResource } from '../../api/resources.ts';
import { Drawer } from '../../ui/drawer.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { ToneBadge } from '../../ui/status-badge.tsx';
import { EventActions } from './event-actions.tsx';
import { EventDetails } from './event-details.tsx';
import { eventPath } from './event-query.ts';
import { EVENT_STATUS_TONES } from './event-tones.ts';

export interface EventDrawerProps {
  readonly eventId: string;
  /** Of the list: it may be stored only a moment later. Null: it is not on the page. */
  readonly known: WebhookEvent | null;
  readonly onClose: () => void;
}

export function EventDrawer({ eventId, known, onClose }: EventDrawerProps) {
  const path = eventPath(eventId);
  const { data, error, isPrevious } = useResource<WebhookEvent>(known ? null : path);
  const event = known ?? (isPrevious ? null : data);
  return (
    <Drawer
      title={event ? titleOf(event) : 'Event'}
      beside={
        event && <ToneBadge tone={EVENT_STATUS_TONES[event.status]}>{event.status}</ToneBadge>
      }
      onClose={onClose}
    >
      {event ? (
        <>
          <EventActions event={event} />
          <EventDetails event={event} />
        </>
      ) : error ? (
        <ErrorState error={error} retry={() => resources.refresh(path)} />
      ) : (
        <Skeleton height={320} />
      )}
    </Drawer>
  );
}

/** `received of update 17`, `error` */
export function titleOf({ event_type, update_id }: WebhookEvent): string {
  return update_id === null ? event_type : `${event_type} of update ${update_id}`;
}
