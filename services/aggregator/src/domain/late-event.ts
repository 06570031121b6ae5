/** Which events are late: for counting alone, since every event updates its own hour all the same. */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { windowStart } from '@hookpulse/common/windows/window';

/** What a slow network, a queue at the sender and clocks that differ a little explain. */
const LATE_AFTER_MS = 5 * 60_000;

/** Whether the event's hour had ended more than five minutes before the log took it. */
export function isLate({ eventTimeMs, logTimeMs }: LoggedEvent): boolean {
  return logTimeMs > windowStart(eventTimeMs, HOUR_MS) + HOUR_MS + LATE_AFTER_MS;
}
