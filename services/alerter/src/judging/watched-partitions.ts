/** The partitions that this alerter holds: where each is read from, and when it has to be read again. */

import { setImmediate } from 'node:timers/promises';
import { rememberedSince } from '@hookpulse/common/events/recent-events';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type {
  Consumer,
  ConsumerHandler,
  EventLog,
  LogBatch,
  LogPosition,
} from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { CountingTerms } from '../domain/judged-window.ts';
import type { WindowShape } from '../domain/window-shape.ts';
import type { BotRoster, RosterEntry } from './bot-roster.ts';
import type { TracedBots } from './traced-bots.ts';
import {
  type FoldTally,
  WatchedPartition,
  type WatchedPartitionStart,
} from './watched-partition.ts';

export interface WatchedPartitionsDeps {
  readonly log: Pick<EventLog, 'offsetsAt'>;
  readonly roster: BotRoster;
  readonly shape: WindowShape;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Remembers traced events; default: nothing is traced. */
  readonly tracedBots?: Pick<TracedBots, 'read'> | null;
  onFolded(tally: FoldTally): void;
  onRevoked(): void;
}

const MS_PER_SECOND = 1_000;
/** Longer than a rebalance takes, also one in which a member has to be given up. */
const PARKED_MS = 60_000;
/** Longer than the registry's news take to come. */
const UNHEARD_OF_MS = 60_000;

export class WatchedPartitions implements ConsumerHandler {
  readonly #deps: WatchedPartitionsDeps;
  readonly #partitions = new Map<number, WatchedPartition>();
  /** Those that went away a moment ago. */
  readonly #parked = new Map<number, { watched: WatchedPartition; untilMs: number }>();

  constructor(deps: WatchedPartitionsDeps) {
    this.#deps = deps;
  }

  list(): Iterable<WatchedPartition> {
    return this.#partitions.values();
  }

  /**
   * All partitions, for work on all of their bots. The event loop turns before each one: in one piece, a million
   * bots would take longer than the group's session. Partitions revoked meanwhile are left out.
   */
  async *inTurns(): AsyncIterable<WatchedPartition> {
    for (const watched of [...this.#partitions.values()]) {
      await setImmediate();
      if (this.#partitions.get(watched.partition) === watched) yield watched;
    }
  }

  get(partition: number): WatchedPartition | undefined {
    return this.#partitions.get(partition);
  }

  get size(): number {
    return this.#partitions.size;
  }

  async onAssigned(
    places: Parameters<ConsumerHandler['onAssigned']>[0],
  ): Promise<readonly LogPosition[]> {
    this.#deps.roster.forgetPartitions();
    await this.#deps.roster.refresh();
    const assigned = await Promise.all(places.map(({ partition }) => this.#watch(partition)));
    return assigned.map((watched) => {
      this.#put(watched);
      const { partition, watermark } = watched;
      return { topic: EVENTS_TOPIC, partition, offset: watermark.nextOffset };
    });
  }

  async onRevoked(places: Parameters<ConsumerHandler['onRevoked']>[0]): Promise<void> {
    const untilMs = this.#deps.clock.now() + PARKED_MS;
    for (const { partition } of places) {
      const watched = this.#partitions.get(partition);
      if (watched) this.#parked.set(partition, { watched, untilMs });
      this.#partitions.delete(partition);
    }
    this.#deps.onRevoked();
  }

  async onBatch(batch: LogBatch): Promise<void> {
    const { roster, onFolded, clock } = this.#deps;
    const termsOf = (botId: string) => countingTerms(roster.get(botId));
    const watched = this.#partitions.get(batch.partition);
    const tally = watched?.fold(batch, termsOf, clock.now());
    if (tally) onFolded(tally);
    this.#deps.tracedBots?.read(batch.messages);
  }

  /**
   * Reads the window again of partitions whose bots have got settings that it was not read for, and of
   * all when the clock was set back.
   */
  async rereadWhereNeeded(consumer: Pick<Consumer, 'seek'>): Promise<void> {
    for await (const watched of this.inTurns()) {
      const why = this.#whyToReread(watched);
      if (why === null) continue;
      const { partition } = watched;
      this.#deps.logger.info({ partition, ...why }, 'reading the window again');
      const start = await this.#startOf(partition);
      if (this.#partitions.get(partition) !== watched) continue; // revoked meanwhile
      await this.#readAgain(watched.watermark.nextOffset, start, consumer);
    }
  }

  /** Lets go of what will not be asked for again: bots that are gone, partitions that did not come back. */
  async forgetUnwatched(): Promise<void> {
    const nowMs = this.#deps.clock.now();
    for (const [partition, { untilMs }] of this.#parked) {
      if (nowMs >= untilMs) this.#parked.delete(partition);
    }
    for await (const watched of this.inTurns()) {
      watched.forgetUnless(
        (botId) => this.#deps.roster.get(botId) !== undefined,
        nowMs - UNHEARD_OF_MS,
      );
    }
  }

  #whyToReread(watched: WatchedPartition): Readonly<Record<string, string>> | null {
    if (watched.isAheadOf(this.#deps.clock.now())) return { why: 'the clock was set back' };
    const nowMs = watched.judgedAsOfMs;
    if (nowMs === null) return null;
    const outdated = this.#deps.roster
      .enabledOn(watched.partition)
      .find((entry) => !isServed(watched, entry, nowMs));
    return outdated ? { why: 'it was not read for a setting', bot_id: outdated.bot.bot_id } : null;
  }

  async #readAgain(
    rereadBelow: bigint,
    start: WatchedPartitionStart,
    consumer: Pick<Consumer, 'seek'>,
  ): Promise<void> {
    const { partition, offset } = start;
    const isBehind = offset < rereadBelow;
    const watched = isBehind ? { ...start, rereadBelow } : start;
    this.#put(new WatchedPartition(watched, this.#deps.shape));
    if (isBehind) await consumer.seek({ topic: EVENTS_TOPIC, partition, offset });
  }

  #put(watched: WatchedPartition): void {
    this.#partitions.set(watched.partition, watched);
  }

  /** A rebalance takes all partitions and gives most of them back: those go on where they stopped. */
  async #watch(partition: number): Promise<WatchedPartition> {
    const parked = this.#parked.get(partition)?.watched;
    this.#parked.delete(partition);
    const nowMs = this.#deps.clock.now();
    if (parked && !parked.isAheadOf(nowMs) && (await this.#isSameLog(parked))) {
      parked.resume(this.#deps.clock.now());
      return parked;
    }
    return new WatchedPartition(await this.#startOf(partition), this.#deps.shape);
  }

  /**
   * Log time never goes back within a partition: what was appended after the message read last stands
   * behind it, unless the topic was made anew meanwhile.
   */
  async #isSameLog({ partition, lastRead }: WatchedPartition): Promise<boolean> {
    if (lastRead === null) return false;
    const positions = await this.#deps.log.offsetsAt(EVENTS_TOPIC, lastRead.logTimeMs + 1);
    const later = positions.find((position) => position.partition === partition)?.offset;
    return later !== undefined && later >= lastRead.nextOffset;
  }

  /** As far back as any bot of the partition is judged, and as events are known again before that. */
  async #startOf(partition: number): Promise<WatchedPartitionStart> {
    const { log, roster, shape, clock } = this.#deps;
    const silences = roster.enabledOn(partition).map(noTrafficMs);
    const spanMs = silences.reduce((longest, ms) => Math.max(longest, ms), shape.windowMs);
    const assignedMs = clock.now();
    const sinceMs = assignedMs - spanMs - shape.sliceMs;
    const positions = await log.offsetsAt(EVENTS_TOPIC, rememberedSince(sinceMs));
    const offset = positions.find((position) => position.partition === partition)?.offset ?? 0n;
    return { partition, offset, sinceMs, assignedMs };
  }
}

function isServed(watched: WatchedPartition, entry: RosterEntry, nowMs: number): boolean {
  const { bot_id } = entry.bot;
  if (!watched.serves(bot_id, countingTerms(entry), nowMs)) return false;
  // A bot that was silent in all that was read: was it silent for as long as it may be?
  return (
    watched.facts(bot_id, nowMs).lastEventMs !== null ||
    entry.watchedSinceMs >= watched.sinceMs ||
    nowMs - noTrafficMs(entry) >= watched.sinceMs
  );
}

/** Of a bot that is not known yet everything counts: it may have been made a moment ago. */
function countingTerms(entry: RosterEntry | undefined): CountingTerms {
  return {
    slowLimitMs: entry?.settings.rules.slow_processing.limit_ms ?? null,
    sinceMs: entry?.watchedSinceMs ?? Number.NEGATIVE_INFINITY,
  };
}

function noTrafficMs({ settings }: RosterEntry): number {
  const { enabled, after_seconds } = settings.rules.no_traffic;
  return enabled ? after_seconds * MS_PER_SECOND : 0;
}
