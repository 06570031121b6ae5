/**
 * One partition of `telegram.updates`: the lanes of its bots, and from where to read for them.
 *
 * There is one reader. It mostly reads what is new, for all bots together. When a bot that lags has room
 * again, it reads a slice of the past for the bots that lag, and then goes back to what is new, if there
 * is any: so a backlog of any length delays the other bots by the time of a slice. The past is read only
 * as far as a bot has room for it.
 */
import type { BotLane } from './bot-lane.ts';
import type { ForwardedUpdate } from './read-update.ts';

/** What was read of a partition, from one offset to another. */
export interface Slice {
  readonly fromOffset: bigint;
  readonly nextOffset: bigint;
  /** Where reading ends for now. */
  readonly readableOffset: bigint;
}

export type SliceKind = 'live' | 'past' | 'stray';

export class PartitionLanes {
  readonly lanes = new Map<string, BotLane>();
  /** The next offset that no bot has been offered. */
  #liveNext: bigint;
  /** Where reading ends for now, as far as it is known. */
  #readableOffset: bigint;
  /** Where the past is being read; null: what is new is. */
  #pastNext: bigint | null = null;
  /** What is new waits, and a slice of the past was read: so it is what comes next. */
  #isNewDue = false;
  /** Lanes that were full in the middle of this slice. */
  readonly #stopped = new Set<BotLane>();

  constructor(liveNext: bigint) {
    this.#liveNext = liveNext;
    this.#readableOffset = liveNext;
  }

  get liveNext(): bigint {
    return this.#liveNext;
  }

  /** Where the reader is to be. */
  get readNext(): bigint {
    return this.#pastNext ?? this.#liveNext;
  }

  get isReadingPast(): boolean {
    return this.#pastNext !== null;
  }

  /** `stray`: it was read from a place where the reader should no longer be, and does not count. */
  kindOf({ fromOffset }: Slice): SliceKind {
    if (this.#pastNext === null) {
      // Later: the log has deleted what was between, or kept no message there.
      return fromOffset >= this.#liveNext ? 'live' : 'stray';
    }
    return fromOffset >= this.#pastNext && fromOffset < this.#liveNext ? 'past' : 'stray';
  }

  /**
   * Whether a message has to be offered to the lane of its bot.
   * @param lane - undefined: the bot has none yet
   */
  wants(lane: BotLane | undefined, offset: bigint, slice: Slice): boolean {
    if (!lane) return this.#pastNext === null;
    return this.#takesPart(lane, slice.fromOffset) && offset >= (lane.readNext ?? 0n);
  }

  /** @param isMemoryShort - only empty windows take an update  @returns false: the lane lags now */
  offer(lane: BotLane, update: ForwardedUpdate, isMemoryShort: boolean): boolean {
    const isTaken = lane.take(update, !isMemoryShort);
    if (isTaken) lane.readUpTo(update.offset + 1n);
    else this.#stopped.add(lane);
    return isTaken;
  }

  /** All messages of the slice were offered. */
  finish(slice: Slice): void {
    if (slice.readableOffset > this.#readableOffset) this.#readableOffset = slice.readableOffset;
    const wasPast = this.#pastNext !== null;
    if (!wasPast) this.#liveNext = slice.nextOffset;
    const isUpToDate = slice.nextOffset >= this.#liveNext;
    for (const lane of this.lanes.values()) {
      if (lane.readNext === null || !this.#takesPart(lane, slice.fromOffset)) continue;
      if (isUpToDate) lane.joinLive();
      else lane.readUpTo(slice.nextOffset);
    }
    this.#stopped.clear();
    this.#pastNext = null;
    this.#isNewDue = wasPast && this.#readableOffset > this.#liveNext;
  }

  /**
   * Turns to the past when a lane that lags has room, unless what is new comes first.
   * @returns whether the reader has to go elsewhere
   */
  turnToPast(): boolean {
    if (this.#pastNext !== null || this.#isNewDue) return false;
    let from: bigint | null = null;
    for (const lane of this.lanes.values()) {
      const { readNext } = lane;
      if (readNext === null || !lane.hasRoom) continue;
      if (readNext >= this.#liveNext) {
        // Nothing was missed: it goes on with what is new.
        lane.joinLive();
        continue;
      }
      if (from === null || readNext < from) from = readNext;
    }
    if (from === null) return false;
    this.#pastNext = from;
    return true;
  }

  /**
   * The offset to commit: a new owner that begins there, and reads for the lanes whose progress says
   * so from where that says, misses nothing.
   * @param isOpen - whether the progress on the log says of a lane from where it has to be read
   */
  commitOffset(isOpen: (lane: BotLane) => boolean): bigint {
    let offset = this.#liveNext;
    for (const lane of this.lanes.values()) {
      if (isOpen(lane)) continue;
      const first = lane.lowestHeld ?? lane.readNext;
      if (first !== null && first < offset) offset = first;
    }
    return offset;
  }

  /** A lane that lags does when the slice has all that it has not read, and it was not full meanwhile. */
  #takesPart(lane: BotLane, fromOffset: bigint): boolean {
    if (this.#stopped.has(lane)) return false;
    return lane.readNext === null ? this.#pastNext === null : lane.readNext >= fromOffset;
  }
}
