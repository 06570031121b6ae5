/** The `error` event that says an update was never processed. */

import { timeoutEventId } from '@hookpulse/common/events/event-identity';
import { NO_DETAILS, TIMEOUT, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';
import type { OverdueUpdate } from './processing-timeouts.ts';

/** Its id follows from the update, so that it counts once however often it is announced. */
export function timeoutEvent(overdue: OverdueUpdate): WebhookEvent {
  return {
    event_id: timeoutEventId(overdue.botId, overdue.updateId),
    bot_id: overdue.botId,
    event_type: 'error',
    status: 'failed',
    timestamp: iso(overdue.overdueSinceMs),
    ...NO_DETAILS,
    update_id: overdue.updateId,
    update_type: overdue.updateType,
    error_type: TIMEOUT,
    error_message: 'the update was received and never reported as processed',
  };
}
