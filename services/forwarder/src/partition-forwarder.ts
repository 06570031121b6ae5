/** One partition of `telegram.updates`: offers what is read to the bots, and says where to read next. */

import type { Bot } from '@hookpulse/common/bots/bot';
import type { Forward } from '@hookpulse/common/bots/forwarding';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { deadLetter } from '@hookpulse/event-log/dead-letter';
import type { LogBatch, LogMessage } from '@hookpulse/event-log/event-log';
import { FORWARDING_STATUS_TOPIC, REPLAY_HEADER } from '@hookpulse/event-log/topics';
import { TRACEPARENT_HEADER } from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { BotForwarder, type BotForwarderDeps } from './bot-forwarder.ts';
import type { SharedBytes } from './domain/bot-lane.ts';
import { PartitionLanes } from './domain/partition-lanes.ts';
import { readForwardedUpdate } from './domain/read-update.ts';
import type { OutcomeWriter } from './progress/outcome-writer.ts';
import { forgetProgressMessage, type ProgressRecord } from './progress/progress-record.ts';

export interface PartitionForwarderDeps extends BotForwarderDeps {
  readonly registry: Pick<BotRegistry, 'get'>;
  readonly writer: Pick<OutcomeWriter, 'add'>;
  /** Bytes of updates that all partitions together hold. */
  heldBytes(): number;
  /** Reads on elsewhere, when there is no batch whose answer could say so. */
  seek(partition: number, offset: bigint): void;
}

/** More than all windows of a thousand busy bots; beyond, each bot holds one update. */
const MAX_HELD_BYTES = 128 * 1024 * 1024;
/** Clocks of the log and of who set up forwarding may differ: better one update twice than none. */
const SINCE_MARGIN_MS = MINUTE_MS;
/** Clocks are kept within a minute of each other (docs/guides/operations.md). */
const MAX_CLOCK_AHEAD_MS = MINUTE_MS;
/** Longer than a fetch takes that is only slow: another seek would drop what it brings. */
const LOST_SEEK_TICKS = 5;

const decoder = new TextDecoder();

export class PartitionForwarder {
  readonly partition: number;
  readonly bots = new Map<string, BotForwarder>();
  readonly #deps: PartitionForwarderDeps;
  readonly #lanes: PartitionLanes;
  /** Of bots of which nothing is held: what they have done at or above the committed offset. */
  readonly #records: Map<string, ProgressRecord>;
  readonly #ownedSince: number;
  /** A sum over all bots would cost each batch as much as there are bots. */
  readonly #held: SharedBytes = { bytes: 0 };
  /** Offsets of messages that are no updates, and whose dead letters are not durable yet. */
  readonly #unread = new Set<bigint>();
  #isStopped = false;
  /**
   * By which the clock of this machine seems to be ahead of the log's: no message was younger than that when it
   * was read. Otherwise what lives for half a minute would expire when it comes.
   */
  #clockAheadMs = MAX_CLOCK_AHEAD_MS;
  /** In a row, without a batch, while the past is to be read. */
  #ticksWithoutBatch = 0;

  /** @param records - what the log says of the bots of this partition */
  constructor(
    partition: number,
    liveNext: bigint,
    records: readonly ProgressRecord[],
    deps: PartitionForwarderDeps,
  ) {
    this.partition = partition;
    this.#deps = deps;
    this.#lanes = new PartitionLanes(liveNext);
    this.#records = new Map(records.map((record) => [record.botId, record]));
    // Clocks of owners may differ.
    const before = records.reduce((latest, record) => Math.max(latest, record.ownedSince), 0);
    this.#ownedSince = Math.max(deps.clock.now(), before + 1);
    for (const { botId, isOpen } of records) {
      const bot = deps.registry.get(botId);
      if (!bot?.forward) this.#forget(botId);
      else if (isOpen) this.#open(bot, bot.forward);
    }
  }

  get readNext(): bigint {
    return this.#lanes.readNext;
  }

  get heldBytes(): number {
    return this.#held.bytes;
  }

  get commitOffset(): bigint {
    const open = new Set(this.bots.values().flatMap((bot) => (bot.isOpenOnLog ? [bot.lane] : [])));
    const offset = this.#lanes.commitOffset((lane) => open.has(lane));
    return this.#unread.values().reduce((low, one) => (one < low ? one : low), offset);
  }

  /** @returns where to read on; null: where the batch ends */
  accept(batch: LogBatch): bigint | null {
    if (this.#isStopped) return null;
    this.#ticksWithoutBatch = 0;
    const kind = this.#lanes.kindOf(batch);
    if (kind === 'stray') return this.readNext;
    const newestMs = batch.messages.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY;
    const ageMs = Math.max(0, this.#deps.clock.now() - newestMs);
    this.#clockAheadMs = Math.min(this.#clockAheadMs, ageMs);
    const touched = new Set<BotForwarder>();
    const isMemoryShort = this.#deps.heldBytes() >= MAX_HELD_BYTES;
    for (const message of batch.messages) {
      const bot = this.#offer(message, batch, isMemoryShort, kind === 'live');
      if (bot) touched.add(bot);
    }
    this.#lanes.finish(batch);
    for (const bot of touched) bot.pump();
    this.#lanes.turnToPast();
    return this.readNext === batch.nextOffset ? null : this.readNext;
  }

  /** Follows what changed in the registry, and keeps the offset of the group from standing still. */
  tick(): void {
    if (this.#isStopped) return;
    for (const forwarder of this.bots.values()) {
      const bot = this.#deps.registry.get(forwarder.botId);
      if (!bot?.forward) {
        this.#forget(forwarder.botId);
        continue;
      }
      forwarder.configure(bot, bot.forward);
      forwarder.pump();
      const { lane } = forwarder;
      const isWaiting = lane.lowestHeld !== null || lane.readNext !== null;
      if (isWaiting !== forwarder.isOpenOnLog) forwarder.storeProgress();
    }
    this.#goOn();
    this.#seekAgain();
  }

  /** Sends nothing new, and waits a while for what is under way. */
  async stop(patienceMs: number): Promise<void> {
    this.#isStopped = true;
    const stopped = Promise.all(this.bots.values().map((bot) => bot.stop()));
    await settleWithin(patienceMs, async () => {
      await stopped;
    });
  }

  async close(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.bots.values().map((bot) => bot.close()));
  }

  /** @returns the bot whose lane has changed */
  #offer(
    message: LogMessage,
    batch: LogBatch,
    isMemoryShort: boolean,
    isLive: boolean,
  ): BotForwarder | null {
    const { key: botId, offset, value, timestampMs, headers } = message;
    const bot = botId === null ? undefined : this.#deps.registry.get(botId);
    const forward = bot?.forward;
    if (!bot || !forward || value === null) return null;
    if (timestampMs < sinceMs(forward) - SINCE_MARGIN_MS) return null;
    let forwarder = this.bots.get(bot.bot_id);
    if (!this.#lanes.wants(forwarder?.lane, offset, batch)) {
      if (isLive) forwarder?.lane.passOver();
      return null;
    }
    const place = {
      botId: bot.bot_id,
      offset,
      logTimeMs: timestampMs,
      replayId: headers[REPLAY_HEADER] ?? null,
      traceparent: headers[TRACEPARENT_HEADER] ?? null,
    };
    const update = readForwardedUpdate(decoder.decode(value), place, this.#clockAheadMs);
    if (!update) {
      this.#bury(message);
      return null;
    }
    forwarder ??= this.#open(bot, forward);
    const isTaken = this.#lanes.offer(forwarder.lane, update, isMemoryShort);
    if (!isTaken && isLive) forwarder.lane.passOver();
    return forwarder;
  }

  /** What is no update goes to the dead letters, so that nothing is passed over in silence. */
  #bury(message: LogMessage): void {
    const { offset, key } = message;
    if (this.#unread.has(offset)) return;
    this.#unread.add(offset);
    const found = { partition: this.partition, offset: String(offset), bot_id: key };
    this.#deps.logger.warn(found, 'a message of telegram.updates is no update: a dead letter');
    this.#deps.metrics.unreadable.inc();
    const letter = deadLetter({ message, reason: 'the value is no update as ingest writes it' });
    const onStored = () => this.#unread.delete(offset);
    this.#deps.writer.add({ messages: [letter], source: null, settles: null, onStored });
  }

  #open(bot: Bot, forward: Forward): BotForwarder {
    const record = this.#records.get(bot.bot_id) ?? null;
    this.#records.delete(bot.bot_id);
    const place = {
      partition: this.partition,
      ownedSince: this.#ownedSince,
      held: this.#held,
      liveNext: () => this.#lanes.liveNext,
      onRoom: () => this.#goOn(),
    };
    const forwarder = new BotForwarder(bot, forward, record, place, this.#deps);
    this.bots.set(bot.bot_id, forwarder);
    this.#lanes.lanes.set(bot.bot_id, forwarder.lane);
    return forwarder;
  }

  /** A bot that has room again may have updates on the log that it was too full for. */
  #goOn(): void {
    if (this.#isStopped) return;
    if (this.#lanes.turnToPast()) this.#deps.seek(this.partition, this.readNext);
  }

  /**
   * A seek of before the consumer had the partition is lost. Where nothing new comes, no batch from the
   * wrong place would tell of it.
   */
  #seekAgain(): void {
    if (!this.#lanes.isReadingPast) return;
    this.#ticksWithoutBatch += 1;
    if (this.#ticksWithoutBatch % LOST_SEEK_TICKS !== 0) return;
    this.#deps.seek(this.partition, this.readNext);
  }

  #forget(botId: string): void {
    const forwarder = this.bots.get(botId);
    forwarder?.lane.leave();
    void forwarder?.close();
    this.bots.delete(botId);
    this.#lanes.lanes.delete(botId);
    this.#records.delete(botId);
    const messages = [
      forgetProgressMessage({ botId, partition: this.partition }),
      { topic: FORWARDING_STATUS_TOPIC, key: botId, value: null },
    ];
    this.#deps.writer.add({ messages, source: null, settles: null });
  }
}

function sinceMs({ since }: Forward): number {
  return since === undefined ? 0 : Date.parse(since);
}
