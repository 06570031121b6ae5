/** Updates of a bot from Kafka, by the package `kafkajs` of the bot. */
import type { Consumer, EachBatchPayload, KafkaConfig } from 'kafkajs';
import type { ConsumerOptions, UpdateConsumer } from './consumer.ts';
import {
  HandledUpdates,
  MAX_PENDING,
  type TakenUpdate,
  type TelegramUpdate,
  UpdateSession,
} from './update-session.ts';

export interface KafkaConsumerOptions<Update extends TelegramUpdate>
  extends ConsumerOptions<Update> {
  /** `host:port` of each. */
  readonly brokers: readonly string[];
  /** Such as `ssl` and `sasl`. */
  readonly kafka?: Omit<KafkaConfig, 'brokers'>;
  /** Default: `telegram.updates` */
  readonly topic?: string;
  /** So long after a worker was killed another one takes over. Default: 10,000 */
  readonly sessionTimeoutMs?: number;
}

const TOPIC = 'telegram.updates';
const SESSION_TIMEOUT_MS = 10_000;
/** For handlers under way to end before another worker gets what is left. */
const REBALANCE_TIMEOUT_MS = 60_000;
const MAX_WAIT_MS = 500;
const COMMIT_INTERVAL_MS = 250;
/** So long a batch waits for slow handlers: while it does, no other worker can be given their chats. */
const BATCH_PATIENCE_MS = 1_000;
const POLL_MS = 20;
/** kafkajs keeps an interval between heartbeats that succeed, and none between others. */
const FAILING_BEAT_MS = 1_000;
const MAX_RETRY_MS = 10_000;
/** Of updates that somebody has asked for once more. */
const REPLAY_HEADER = 'replay-id';

/** Rejects when no broker answers, or access is refused. */
export async function consumeKafka<Update extends TelegramUpdate>(
  options: KafkaConsumerOptions<Update>,
): Promise<UpdateConsumer> {
  const { botId, group, brokers, topic = TOPIC, maxPending = MAX_PENDING, warn } = options;
  const { Kafka, Partitioners, logLevel } = await importKafka();
  const kafka = new Kafka({
    clientId: 'hookpulse-sdk',
    logLevel: logLevel.NOTHING,
    ...options.kafka,
    brokers: [...brokers],
  });
  // As the query API names it: a group is the same by Kafka and by HTTP.
  const groupId = `hookpulse-updates.${botId}.${group}`;
  const sessionTimeout = options.sessionTimeoutMs ?? SESSION_TIMEOUT_MS;
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout,
    heartbeatInterval: Math.floor(sessionTimeout / 5),
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    maxWaitTimeInMs: MAX_WAIT_MS,
    allowAutoTopicCreation: false,
    retry: { maxRetryTime: MAX_RETRY_MS, restartOnFailure: async () => !isClosing },
  });
  const handledBefore = new HandledUpdates();
  let isClosing = false;
  let session = newSession();
  /** Resolves when nothing of earlier sessions is under way. */
  let ended: Promise<void> = Promise.resolve();
  let isEnded = false;
  /** Of this worker, over all its sessions: what is before it is not handled again. */
  const doneTo = new Map<number, bigint>();
  /** As the group has it, of the partitions that it has given to this worker. */
  const committed = new Map<number, bigint>();
  let assigned: readonly number[] = [];
  let partitions: Promise<ReadonlySet<number>> | null = null;
  let again: ReturnType<typeof setTimeout> | undefined;

  const admin = kafka.admin();
  await admin.connect();
  consumer.on(consumer.events.REBALANCING, endSession);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    endSession();
    assigned = payload.memberAssignment[topic] ?? [];
    for (const partition of doneTo.keys()) {
      if (!assigned.includes(partition)) doneTo.delete(partition);
    }
    // What others have stored meanwhile is read again, before anything is stored or handled.
    partitions = null;
    committed.clear();
    // One that was left out may be the bot's now: the topic may have got more partitions.
    ownPartitions().then(
      (own) => consumer.resume([{ topic, partitions: [...own] }]),
      () => undefined,
    );
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    endSession();
    if (isClosing) return;
    warn(`updates do not come, and are tried again: ${error.message}`);
    if (!restart) again = setTimeout(() => void beginAgain(), MAX_RETRY_MS);
  });
  try {
    // A topic that is missing is told at once.
    await admin.fetchTopicMetadata({ topics: [topic] });
    await begin();
  } catch (error) {
    await admin.disconnect();
    throw error;
  }
  const timer = setInterval(() => void commit(), COMMIT_INTERVAL_MS);

  return {
    get pending() {
      return session.pending;
    },
    async close() {
      isClosing = true;
      await session.stop();
      await ended;
      clearInterval(timer);
      clearTimeout(again);
      await commit();
      await consumer.disconnect();
      await admin.disconnect();
    },
  };

  async function begin(): Promise<void> {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: options.start !== 'latest' });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => onBatch(payload, consumer),
    });
  }

  /** After an error for which kafkajs gives up, such as a topic that is missing for now. */
  async function beginAgain(): Promise<void> {
    await begin().catch(() => {
      if (!isClosing) again = setTimeout(() => void beginAgain(), MAX_RETRY_MS);
    });
  }

  function newSession(): UpdateSession<Update> {
    return new UpdateSession(options, handledBefore, () => undefined);
  }

  /** What is under way ends by itself; what waits is fetched again, by this worker or another one. */
  function endSession(): void {
    if (isEnded) return;
    isEnded = true;
    const old = session;
    ended = old.stop().then(() => noteDone(old));
  }

  function noteDone(of: UpdateSession<Update>): void {
    for (const [partition, offset] of of.doneTo()) {
      if (!assigned.includes(partition)) continue;
      if (offset > (doneTo.get(partition) ?? 0n)) doneTo.set(partition, offset);
    }
  }

  async function onBatch(payload: EachBatchPayload, of: Consumer): Promise<void> {
    const { batch, resolveOffset, heartbeat, pause, isRunning, isStale } = payload;
    const { partition } = batch;
    if (!(await ownPartitions()).has(partition)) {
      pause();
      return;
    }
    if (isEnded) {
      await whileBeating(ended, heartbeat);
      if (isClosing) return;
      session = newSession();
      isEnded = false;
    }
    const current = session;
    // The topic was made anew.
    if ((doneTo.get(partition) ?? 0n) > BigInt(batch.highWatermark)) doneTo.delete(partition);
    for (const message of batch.messages) {
      if (isClosing || isEnded || !isRunning() || isStale()) return;
      const taken = takenOf(message, partition);
      const isDone = BigInt(message.offset) < (doneTo.get(partition) ?? 0n);
      if (taken && !isDone) current.take(taken);
      else current.reach(partition, BigInt(message.offset) + 1n);
      resolveOffset(message.offset);
      while (current.pending >= maxPending && !isClosing && !isEnded) await beat(POLL_MS);
    }
    resolveOffset(batch.lastOffset());
    current.reach(partition, BigInt(batch.lastOffset()) + 1n);
    const sinceMs = performance.now();
    while (current.running > 0 && performance.now() - sinceMs < BATCH_PATIENCE_MS) {
      if (isClosing || isEnded) return;
      await beat(POLL_MS);
    }

    /** A rebalance is told here: what is under way ends, and is stored, before anybody else goes on. */
    async function beat(ms: number): Promise<void> {
      await pauseFor(ms);
      try {
        await heartbeat();
      } catch (error) {
        endSession();
        // It keeps the membership also while it is answered that the group rebalances.
        const beatAnyway = () => heartbeat().catch(() => undefined);
        await whileBeating(ended, beatAnyway, FAILING_BEAT_MS);
        await commit(of);
        throw error;
      }
    }
  }

  /** Waits for what is under way without the group taking this worker for dead. */
  async function whileBeating(
    done: Promise<void>,
    heartbeat: () => Promise<void>,
    intervalMs = POLL_MS,
  ): Promise<void> {
    let isDone = false;
    void done.then(() => {
      isDone = true;
    });
    while (!isDone) {
      await Promise.race([done, pauseFor(intervalMs)]);
      await heartbeat();
    }
  }

  function takenOf(
    { key, value, headers, offset }: EachBatchPayload['batch']['messages'][number],
    partition: number,
  ): TakenUpdate | null {
    if (value === null || String(key) !== botId) return null;
    const record = recordOf(String(value));
    if (!record) return null;
    const replayId = headers?.[REPLAY_HEADER];
    return {
      partition,
      offset: BigInt(offset),
      receivedAt: typeof record.received_at === 'string' ? record.received_at : null,
      replayId: replayId === undefined ? null : String(replayId),
      update: record.update,
    };
  }

  /** Only what is done, and all before it. What cannot be stored now is stored later. */
  async function commit(by: Consumer = consumer): Promise<void> {
    noteDone(session);
    const news = [...doneTo].filter(
      ([partition, offset]) => offset > (committed.get(partition) ?? offset),
    );
    if (news.length === 0) return;
    try {
      await by.commitOffsets(
        news.map(([partition, offset]) => ({ topic, partition, offset: String(offset) })),
      );
      for (const [partition, offset] of news) committed.set(partition, offset);
    } catch {
      // Between two generations of the group nothing is stored.
    }
  }

  /** The one of the bot, and of a topic that got more partitions those where the group has been. */
  function ownPartitions(): Promise<ReadonlySet<number>> {
    partitions ??= findPartitions().catch((error: unknown) => {
      partitions = null;
      throw error;
    });
    return partitions;
  }

  async function findPartitions(): Promise<ReadonlySet<number>> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitionMetadata = topics[0]?.partitions ?? [];
    const partitioner = Partitioners.DefaultPartitioner();
    const current = partitioner({ topic, partitionMetadata, message: { key: botId, value: null } });
    const [stored] = await admin.fetchOffsets({ groupId, topics: [topic] });
    const before = (stored?.partitions ?? []).filter(({ offset }) => Number(offset) >= 0);
    for (const partition of assigned) committed.set(partition, -1n);
    for (const { partition, offset } of before) {
      if (assigned.includes(partition)) committed.set(partition, BigInt(offset));
    }
    return new Set([current, ...before.map(({ partition }) => partition)]);
  }
}

/** It is the bot's own dependency, so that who reads over HTTP needs none. */
async function importKafka() {
  try {
    const { default: kafkajs } = await import('kafkajs');
    return kafkajs;
  } catch (error) {
    throw new Error('To consume from Kafka, install the package kafkajs.', { cause: error });
  }
}

function recordOf(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function pauseFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
