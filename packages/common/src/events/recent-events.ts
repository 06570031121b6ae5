/**
 * Which events a partition has seen lately, so that one that stands on the log twice counts once.
 *
 * What counts as lately depends on log time alone, in whole minutes: every owner of the partition,
 * and every replay after a crash, comes to the same verdict about the same offset. That is what
 * makes a window's state a function of (partition, offset).
 *
 * One hash table in a typed array holds them all, a million and more: an id, whose it is, and when it
 * was logged. A hand, as of a clock, moves a few slots round the table with each event and drops old ones. So the
 * table holds little more than ten minutes of events, and no event waits for a pass over all of it. An event is
 * old when it is too long ago for each of the last events: one with a wrong time makes nobody forget.
 */

import { MINUTE_MS } from '../values/durations.ts';
import { createKeyedHash } from '../values/keyed-hash.ts';
import { UUID_WORDS, writeUuid } from '../values/uuid-words.ts';
import type { WebhookEvent } from './webhook-event.ts';

/** Telegram repeats a delivery within two minutes and producers within seconds; ten are ample. */
const REMEMBERED_MINUTES = 10;
/** More than come in a row from a sender whose clock is wrong, unless all of them do. */
const AGREEING_EVENTS = 16;
/** Of the last events so many may be ahead of the log. */
const EVENTS_AHEAD = 2;

/** Words of a slot: the id, the number of its bot (0: the slot is empty), the minute of log time. */
const BOT = UUID_WORDS;
const MINUTE = UUID_WORDS + 1;
const SLOT_WORDS = UUID_WORDS + 2;

/** Of the id and its bot. One for all tables: which slot an event is in changes no verdict. */
const hashOf = createKeyedHash(BOT + 1);

/** A power of two, as every size is: most bots are one of few on their partition. */
const MIN_SLOTS = 64;
/** Linear probing stays short up to here. */
const MAX_LOAD = 2 / 3;
/** Below it a smaller table is made. */
const MIN_LOAD = 1 / 8;
/** With each event. A round takes as many events as a sixteenth of the slots: about two minutes of traffic. */
const SWEPT_SLOTS = 16;

/** Log time from which the events must be known to judge the one after `logTimeMs`. */
export function rememberedSince(logTimeMs: number): number {
  return (minuteOf(logTimeMs) - REMEMBERED_MINUTES) * MINUTE_MS;
}

export class RecentEvents {
  #slots = MIN_SLOTS;
  #words = new Uint32Array(MIN_SLOTS * SLOT_WORDS);
  #used = 0;
  /** The slot that is looked at next, and the minute that this round goes by. */
  #hand = 0;
  #sweptMinute = 0;
  /** Minutes of the last events; the oldest is overwritten next. */
  readonly #lastMinutes: number[] = [];
  #nextMinuteAt = 0;
  #lastMinute = 0;
  /** By bot, from 1: nobody can use up an id for another bot. */
  readonly #botNumbers = new Map<string, number>();
  /** The slot of the event that is asked for. */
  readonly #wanted = new Uint32Array(SLOT_WORDS);

  /**
   * Remembers the event. @returns whether it is new: false when the same bot's same `event_id` was
   * logged in the same minute of log time or in one of the ten before.
   */
  addIfNew(event: Pick<WebhookEvent, 'bot_id' | 'event_id'>, logTimeMs: number): boolean {
    const minute = this.#noteMinute(minuteOf(logTimeMs));
    this.#sweep();
    const wanted = this.#wanted;
    writeUuid(event.event_id, wanted);
    wanted[BOT] = this.#numberOf(event.bot_id);
    wanted[MINUTE] = minute;
    const at = this.#find(wanted, 0);
    const isKnown = this.#words[at + BOT] !== 0;
    if (isKnown && isRecent(this.#words[at + MINUTE], minute)) return false;
    this.#words.set(wanted, at);
    if (!isKnown) this.#use();
    return true;
  }

  /** The moment that all of the last events agree has come, milliseconds since the epoch. */
  get agreedMs(): number {
    return this.#agreedMinute() * MINUTE_MS;
  }

  /** Number of events remembered, those included that are to be dropped. */
  get size(): number {
    return this.#used;
  }

  #numberOf(botId: string): number {
    let number = this.#botNumbers.get(botId);
    if (number === undefined) {
      number = this.#botNumbers.size + 1;
      this.#botNumbers.set(botId, number);
    }
    return number;
  }

  /** Log time never goes back: what is dated before the others was logged with them. */
  #noteMinute(dated: number): number {
    const minute = dated < this.#lastMinute ? Math.max(dated, this.#usualMinute()) : dated;
    this.#lastMinutes[this.#nextMinuteAt] = minute;
    this.#nextMinuteAt = (this.#nextMinuteAt + 1) % AGREEING_EVENTS;
    this.#lastMinute = minute;
    return minute;
  }

  #usualMinute(): number {
    const newestFirst = this.#lastMinutes.toSorted((a, b) => b - a);
    return newestFirst[Math.min(EVENTS_AHEAD, newestFirst.length - 1)] ?? 0;
  }

  #agreedMinute(): number {
    return Math.min(...this.#lastMinutes);
  }

  #sweep(): void {
    for (let left = SWEPT_SLOTS; left > 0; left -= 1) {
      const at = this.#hand * SLOT_WORDS;
      const isKept =
        this.#words[at + BOT] === 0 || isRecent(this.#words[at + MINUTE], this.#sweptMinute);
      // The event that moves into the emptied slot is checked next.
      if (!isKept) this.#remove(this.#hand);
      else if (this.#hand + 1 < this.#slots) this.#hand += 1;
      else this.#beginRound();
    }
  }

  #beginRound(): void {
    this.#hand = 0;
    this.#sweptMinute = this.#agreedMinute();
    const isSparse = this.#slots > MIN_SLOTS && this.#used < this.#slots * MIN_LOAD;
    if (isSparse) this.#rebuild(this.#sweptMinute);
  }

  /** Each event behind it that would not be found past an empty slot moves up (Knuth, 6.4, algorithm R). */
  #remove(slot: number): void {
    const words = this.#words;
    const mask = this.#slots - 1;
    let empty = slot;
    for (
      let next = (slot + 1) & mask;
      words[next * SLOT_WORDS + BOT] !== 0;
      next = (next + 1) & mask
    ) {
      const at = next * SLOT_WORDS;
      const home = hashOf(words, at) & mask;
      if (((next - home) & mask) < ((next - empty) & mask)) continue;
      words.copyWithin(empty * SLOT_WORDS, at, at + SLOT_WORDS);
      empty = next;
    }
    words[empty * SLOT_WORDS + BOT] = 0;
    this.#used -= 1;
  }

  #use(): void {
    this.#used += 1;
    if (this.#used > this.#slots * MAX_LOAD) this.#rebuild(this.#agreedMinute());
  }

  /** Where the event is that `source` has at `from`, or the empty slot where it belongs. */
  #find(source: Uint32Array, from: number): number {
    const words = this.#words;
    const mask = this.#slots - 1;
    let slot = hashOf(source, from) & mask;
    for (;;) {
      const at = slot * SLOT_WORDS;
      if (words[at + BOT] === 0 || isSameEvent(words, at, source, from)) return at;
      slot = (slot + 1) & mask;
    }
  }

  /** Keeps what is recent, in a table that it fills by half at most. */
  #rebuild(minute: number): void {
    const old = this.#words;
    const kept: number[] = [];
    for (let at = 0; at < old.length; at += SLOT_WORDS) {
      if (old[at + BOT] !== 0 && isRecent(old[at + MINUTE], minute)) kept.push(at);
    }
    this.#slots = MIN_SLOTS;
    while (kept.length * 2 > this.#slots) this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * SLOT_WORDS);
    this.#used = kept.length;
    this.#hand = 0;
    this.#sweptMinute = minute;
    for (const at of kept) this.#words.set(old.subarray(at, at + SLOT_WORDS), this.#find(old, at));
  }
}

function minuteOf(logTimeMs: number): number {
  return Math.max(0, Math.floor(logTimeMs / MINUTE_MS));
}

function isRecent(seenMinute: number | undefined, minute: number): boolean {
  return seenMinute !== undefined && seenMinute >= minute - REMEMBERED_MINUTES;
}

function isSameEvent(words: Uint32Array, at: number, other: Uint32Array, from: number): boolean {
  return (
    words[at] === other[from] &&
    words[at + 1] === other[from + 1] &&
    words[at + 2] === other[from + 2] &&
    words[at + 3] === other[from + 3] &&
    words[at + BOT] === other[from + BOT]
  );
}
