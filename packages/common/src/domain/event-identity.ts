/**
 * Identity of events: what makes two records one fact.
 *
 * Telegram delivers an update again until it sees our 200, so an update whose acknowledgement was
 * lost on the way (a time-out, a killed process) comes twice. Its `received` event therefore gets a
 * name-based UUID of (bot, update_id): both deliveries carry the same `event_id`, and every consumer
 * of the log that honours `event_id` counts the update once. `update_id` is unique per bot for at
 * least a week (https://core.telegram.org/bots/api#update).
 */
import { v5, v7 } from 'uuid';

/** Namespace of Hookpulse's name-based ids (RFC 9562, section 5.5); chosen once, never changed. */
const NAMESPACE = '5d1c6f2e-7d6b-4a35-9f0e-6a2f4b8c1d90';

/** Id of the `received` event of a genuine delivery: the same for every delivery of the update. */
export function receivedEventId(botId: string, updateId: number): string {
  return v5(`received/${botId}/${updateId}`, NAMESPACE);
}

/** Id of the `error` event that says the update was never processed. */
export function timeoutEventId(botId: string, updateId: number): string {
  return v5(`timeout/${botId}/${updateId}`, NAMESPACE);
}

/** A new id whose order follows time (RFC 9562, section 5.7). @param nowMs - ms since the epoch */
export function newEventId(nowMs: number): string {
  return v7({ msecs: nowMs });
}
