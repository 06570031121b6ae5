/** The forwarder: reads `telegram.updates`, and hands each update to the URL of its bot. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import {
  type ConsumerHandler,
  type EventLog,
  type LogPosition,
  type PartitionLag,
  StaleAssignmentError,
} from '@hookpulse/event-log/event-log';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import { FORWARDER_GROUP, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { createHostGuard } from '@hookpulse/service-kit/http/host-guard';
import type { Tracer } from '@hookpulse/service-kit/telemetry/tracer';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { openTopicTable } from '@hookpulse/topic-tables/topic-table';
import type { BotForwarder } from './bot-forwarder.ts';
import { type ForwarderMetrics, forwarderMetrics } from './metrics.ts';
import { PartitionForwarder, type PartitionForwarderDeps } from './partition-forwarder.ts';
import { OutcomeWriter } from './progress/outcome-writer.ts';
import { PROGRESS } from './progress/progress-record.ts';
import { createCarryOutReply } from './sending/carry-out-reply.ts';
import { IdleConnections } from './sending/idle-connections.ts';
import { StatusPublisher } from './status-publisher.ts';

export interface ForwarderDeps {
  readonly log: EventLog;
  readonly registry: Pick<BotRegistry, 'get' | 'list'>;
  /** Null: there is no key, so bots with secrets cannot be forwarded. */
  readonly secretBox: SecretBox | null;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Of a whole request where the bot has no time-out of its own. */
  readonly timeoutMs: number;
  readonly allowedHosts: readonly string[];
  /** The Bot API, where replies of bots are carried out. */
  readonly telegramApiUrl: string;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** Default: not exported. */
  readonly metrics?: ForwarderMetrics;
  /** 0 to 1, for the jitter of retries; default: `Math.random`. */
  readonly random?: () => number;
}

export interface RunningForwarder {
  /** Whether the group counts it as a member now. */
  readonly isMember: boolean;
  readonly assignedPartitions: number;
  bots(): Iterable<BotForwarder>;
  lag(): Promise<readonly PartitionLag[]>;
  /** Sends nothing new, waits a while for what is under way, and leaves the group. */
  close(): Promise<void>;
}

/** Few enough that reading of the past delays what is new by milliseconds. */
const MAX_BATCH_MESSAGES = 250;
/** A bot waits for each update, so they gather for less than where they are counted. */
const GATHER_MS = 10;
const TICK_MS = SECOND_MS;
/** How long stopping waits for answers of bots. Unanswered updates are sent again. */
const ANSWER_PATIENCE_MS = 4_000;
/** How long it waits for the log to take outcomes. */
const LOG_PATIENCE_MS = 2_000;
const COMMIT_PATIENCE_MS = 1_000;
/** Of a partition that goes to another member: its owner waits for this one. */
const REVOCATION_PATIENCE_MS = 2_000;

/** Joins the group and forwards until closed. Resolves once joined. */
export async function runForwarder(deps: ForwarderDeps): Promise<RunningForwarder> {
  const { log, registry, logger } = deps;
  const metrics = deps.metrics ?? forwarderMetrics();
  const partitions = new Map<number, PartitionForwarder>();
  const closing = new AbortController();
  /** Partitions came, whose owner before may not have told its last. */
  let hasNewPartitions = false;
  let partitionCount = 0;
  const writer = new OutcomeWriter({ log, logger });
  const statuses = new StatusPublisher({ log, clock: deps.clock, logger });
  const partitionDeps: PartitionForwarderDeps = {
    registry,
    secretBox: deps.secretBox,
    guard: createHostGuard(deps.allowedHosts),
    idle: new IdleConnections(),
    carryOutReply: createCarryOutReply(deps.telegramApiUrl),
    writer,
    metrics,
    clock: deps.clock,
    logger,
    random: deps.random ?? Math.random,
    timeoutMs: deps.timeoutMs,
    tracer: deps.tracer ?? null,
    heldBytes: () => partitions.values().reduce((sum, { heldBytes }) => sum + heldBytes, 0),
    seek: (partition, offset) => void seek(partition, offset),
  };
  const joined = log.consume({
    groupId: FORWARDER_GROUP,
    topics: [UPDATES_TOPIC],
    maxBatchMessages: MAX_BATCH_MESSAGES,
    gatherMs: GATHER_MS,
    // Closing waits for an assignment, and that for the log, which may be away.
    handler: {
      onAssigned: (assigned) => untilAborted(onAssigned(assigned), closing.signal),
      onRevoked,
      onBatch,
    },
  });
  const consumer = await joined;
  const ticking = tickUntilClosed();

  return {
    get isMember() {
      return consumer.isMember;
    },
    get assignedPartitions() {
      return partitions.size;
    },
    bots,
    lag: () => consumer.lag(),
    async close() {
      closing.abort();
      await settleWithin(COMMIT_PATIENCE_MS, () => ticking);
      const held = [...partitions.values()];
      await Promise.all(held.map((one) => one.stop(ANSWER_PATIENCE_MS)));
      await settleWithin(LOG_PATIENCE_MS, () => writer.drained());
      await settleWithin(COMMIT_PATIENCE_MS, () => statuses.tellLast(bots()));
      await settleWithin(COMMIT_PATIENCE_MS, commit);
      await consumer.close();
      await writer.close();
      await Promise.all(held.map((one) => one.close()));
    },
  };

  async function onAssigned(
    assigned: Parameters<ConsumerHandler['onAssigned']>[0],
  ): Promise<LogPosition[]> {
    const committed = await log.committed(FORWARDER_GROUP, UPDATES_TOPIC);
    // What the owner before has put there counts, so it is read anew, up to its end.
    const table = await openTopicTable(PROGRESS, { log, logger });
    const records = table.rows();
    await table.close();
    // Last, so that nothing that the owner before has told of lies behind the end.
    const ranges = await log.ranges(UPDATES_TOPIC);
    const isLost = records.length === 0 && registry.list().some(({ forward }) => forward);
    if (isLost && committed.length > 0) {
      logger.warn('there are no forwarding positions on the log: it is read from its start');
    }
    partitionCount = ranges.length;
    hasNewPartitions = true;
    return assigned.map(({ topic, partition }) => {
      const range = ranges.find((one) => one.partition === partition);
      const start = range?.startOffset ?? 0n;
      const end = range?.endOffset ?? start;
      const kept = isLost
        ? undefined
        : committed.find((one) => one.partition === partition)?.offset;
      const isWithin = kept !== undefined && kept >= start && kept <= end;
      const from = isWithin ? kept : start;
      const own = records.filter((record) => record.partition === partition && record.next <= end);
      partitions.set(partition, new PartitionForwarder(partition, from, own, partitionDeps));
      return { topic, partition, offset: from };
    });
  }

  async function onRevoked(revoked: Parameters<ConsumerHandler['onRevoked']>[0]): Promise<void> {
    const leaving = revoked.flatMap(({ partition }) => partitions.get(partition) ?? []);
    // Closing has waited already.
    if (!closing.signal.aborted) {
      await Promise.all(leaving.map((one) => one.stop(REVOCATION_PATIENCE_MS)));
      await settleWithin(LOG_PATIENCE_MS, () => writer.drained());
      const left = leaving.flatMap((one) => [...one.bots.values()]);
      await settleWithin(COMMIT_PATIENCE_MS, () => statuses.tellLast(left));
    }
    for (const one of leaving) {
      partitions.delete(one.partition);
      void one.close();
    }
  }

  async function onBatch(batch: Parameters<ConsumerHandler['onBatch']>[0]): Promise<void> {
    const elsewhere = partitions.get(batch.partition)?.accept(batch) ?? null;
    if (elsewhere !== null) await seek(batch.partition, elsewhere);
  }

  function bots(): Iterable<BotForwarder> {
    return partitions.values().flatMap((one) => one.bots.values());
  }

  async function seek(partition: number, offset: bigint): Promise<void> {
    try {
      await (await joined).seek({ topic: UPDATES_TOPIC, partition, offset });
    } catch (error) {
      if (!(error instanceof StaleAssignmentError)) throw error;
    }
  }

  async function tickUntilClosed(): Promise<void> {
    const { signal } = closing;
    while (!signal.aborted) {
      await delay(TICK_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      for (const one of partitions.values()) one.tick();
      // After another owner's status an old one must not come.
      if (!(await commit())) continue;
      await statuses.tell(bots());
      if (hasNewPartitions) hasNewPartitions = !(await statuses.correct(idleBots()));
    }
  }

  /** Of the partitions that are owned, and of which nothing is held. */
  function idleBots(): Iterable<Bot> {
    return registry.list().filter(({ bot_id: botId, forward }) => {
      const owner = partitions.get(partitionForKey(botId, partitionCount));
      return forward !== undefined && owner?.bots.has(botId) === false;
    });
  }

  /** @returns whether the partitions are still owned, as far as the log has told */
  async function commit(): Promise<boolean> {
    const positions = Array.from(partitions.values(), ({ partition, commitOffset }) => ({
      topic: UPDATES_TOPIC,
      partition,
      offset: commitOffset,
    }));
    if (positions.length === 0) return true;
    try {
      await consumer.commit(positions);
    } catch (error) {
      if (error instanceof StaleAssignmentError) return false;
      logger.warn({ err: error }, 'offsets of forwarding could not be committed; retrying');
    }
    return true;
  }
}
