/** How the status of an event looks. */
import type { EventStatus } from '@hookpulse/common/events/webhook-event';
import type { Tone } from '../../ui/status-badge.tsx';

export const EVENT_STATUS_TONES: Readonly<Record<EventStatus, Tone>> = {
  success: 'good',
  failed: 'bad',
  pending: 'idle',
};
