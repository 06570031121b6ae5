/**
 * Which events a partition has seen lately, so that one that stands on the log twice counts once.
 *
 * What counts as lately depends on log time alone, in whole minutes: every owner of the partition,
 * and every replay after a crash, comes to the same verdict about the same offset. That is what
 * makes a window's state a function of (partition, offset).
 */
import type { WebhookEvent } from '@hookpulse/common/domain/webhook-event';
import { parseUuid, UuidSet } from './uuid-set.ts';

const MINUTE_MS = 60_000;
/** Telegram repeats a delivery within two minutes and producers within seconds; ten are ample. */
const REMEMBERED_MINUTES = 10;

/** Log time from which the events must be known to judge the one after `logTimeMs`. */
export function rememberedSince(logTimeMs: number): number {
  return (Math.floor(logTimeMs / MINUTE_MS) - REMEMBERED_MINUTES) * MINUTE_MS;
}

export class RecentEvents {
  /** By minute of log time, oldest first, then by bot: nobody can use up an id for another bot. */
  readonly #minutes = new Map<number, Map<string, UuidSet>>();

  /**
   * Remembers the event. @returns whether it is new: false when the same bot's same `event_id` was
   * logged in the same minute of log time or in one of the ten before.
   */
  addIfNew(event: Pick<WebhookEvent, 'bot_id' | 'event_id'>, logTimeMs: number): boolean {
    const minute = Math.floor(logTimeMs / MINUTE_MS);
    const uuid = parseUuid(event.event_id);
    for (const [seenMinute, bots] of this.#minutes) {
      if (seenMinute < minute - REMEMBERED_MINUTES) this.#minutes.delete(seenMinute);
      else if (bots.get(event.bot_id)?.has(uuid)) return false;
    }
    this.#setOf(minute, event.bot_id).add(uuid);
    return true;
  }

  /** Number of events remembered. */
  get size(): number {
    let size = 0;
    for (const bots of this.#minutes.values()) for (const seen of bots.values()) size += seen.size;
    return size;
  }

  #setOf(minute: number, botId: string): UuidSet {
    let bots = this.#minutes.get(minute);
    if (!bots) {
      bots = new Map();
      this.#minutes.set(minute, bots);
    }
    let seen = bots.get(botId);
    if (!seen) {
      seen = new UuidSet();
      bots.set(botId, seen);
    }
    return seen;
  }
}
