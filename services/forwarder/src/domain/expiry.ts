/** When an update is no longer worth sending: Telegram's own times (tdlib/telegram-bot-api, `Client.cpp`). */
import type { Fields } from '@hookpulse/common/events/update-record';
import { DAY_MS, SECOND_MS } from '@hookpulse/common/values/durations';

const OTHERS_MS = DAY_MS;
const LIFETIMES_MS: ReadonlyMap<string, number> = new Map([
  ['callback_query', 150 * SECOND_MS],
  ['shipping_query', 150 * SECOND_MS],
  ['pre_checkout_query', 150 * SECOND_MS],
  ['inline_query', 30 * SECOND_MS],
  ['chosen_inline_result', 600 * SECOND_MS],
]);
const DATED_KINDS = /message|channel_post$/;

/**
 * Milliseconds since the epoch. Counted from when the log took the update; for messages from their
 * `edit_date` or `date`, as Telegram does. A message that had expired by that before the log took it
 * is counted from then: Telegram has sent it all the same, so it is tried.
 */
export function expiryOf(kind: string | null, fields: Fields, logTimeMs: number): number {
  const lifetimeMs = LIFETIMES_MS.get(kind ?? '') ?? OTHERS_MS;
  const fromLogMs = logTimeMs + lifetimeMs;
  if (kind === null || !DATED_KINDS.test(kind)) return fromLogMs;
  const date = fields.edit_date ?? fields.date;
  if (typeof date !== 'number' || !Number.isFinite(date)) return fromLogMs;
  const fromDateMs = date * SECOND_MS + lifetimeMs;
  return fromDateMs > logTimeMs && fromDateMs < fromLogMs ? fromDateMs : fromLogMs;
}
