/**
 * A table that is materialised from a compacted topic: a fold over its messages, row by row, the same
 * in every process that follows the topic.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import {
  type EventLog,
  type Follower,
  type LogMessage,
  LogUnavailableError,
  type OutgoingMessage,
  type ReachedPosition,
} from '@hookpulse/event-log/event-log';
import { followInBackground } from '@hookpulse/event-log/follow-in-background';
import { schemaHeader } from '@hookpulse/event-log/topics';
import { AwaitedChanges } from './awaited-changes.ts';

/** What the messages of a topic mean. Both functions are pure and never throw. */
export interface TopicTableDefinition<Row, Change> {
  readonly topic: string;
  /** What its rows are, in the plural: operators read it in log lines. */
  readonly what: string;
  /** What a message says, and of which row; or that it cannot be read, with the reason if there is one. */
  parse(message: LogMessage): RowChange<Change> | Unreadable | null;
  /**
   * The row after a change: the same one when nothing changes; undefined when the change ends it, or
   * means nothing without a row.
   */
  evolve(row: Row | undefined, change: Change): Row | undefined;
}

export interface RowChange<Change> {
  /** Of the row. Several keys of messages may tell of one row, in one partition. */
  readonly key: string;
  readonly change: Change;
}

export interface Unreadable {
  /** Completes "it cannot be read:". */
  readonly reason: string;
}

/** A message to append. A null value lets the topic forget the key. Default of headers: the schema alone. */
export type TableWrite = Pick<OutgoingMessage, 'key' | 'value' | 'headers'>;

/** What became of a row. */
export interface RowUpdate<Row> {
  readonly key: string;
  /** Undefined: there was none. */
  readonly before: Row | undefined;
  /** Undefined: it has ended. */
  readonly row: Row | undefined;
}

export interface TopicTableDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow'>;
  readonly logger: Logger;
  /** Longest wait for a write to come back, milliseconds; default 5,000. */
  readonly visibilityTimeoutMs?: number;
}

export interface TopicTable<Row> {
  /** Resolves once the table holds everything that was on the topic; false when it was closed before. */
  readonly opened: Promise<boolean>;
  /** Whether it holds everything that was on the topic. */
  readonly isRead: boolean;
  /** @throws TableNotReadError until then. */
  assertRead(): void;
  /** @throws TableNotReadError */
  get(key: string): Row | undefined;
  /** @throws TableNotReadError */
  rows(): Row[];
  /**
   * Next offset to be read of a partition; offsets without a message count as read. 0 while it is read
   * again from its start.
   */
  reached(partition: number): bigint;
  /**
   * Appends messages in one durable step. Resolves once they are visible in this process.
   * @throws LogUnavailableError when that did not happen in time; they may have been stored all the same.
   */
  write(messages: readonly TableWrite[]): Promise<void>;
  /** Calls the listener after every change of a row, also while reading. @returns how to stop that */
  onChange(listener: (update: RowUpdate<Row>) => void): () => void;
  /** Never rejects. */
  close(): Promise<void>;
}

/** The table has not been read to its end yet. Trying again later is right. */
export class TableNotReadError extends LogUnavailableError {
  override readonly name = 'TableNotReadError';
}

const CHANGE_ID_HEADER = 'change-id';
/** It takes milliseconds to come back; after this long the caller had better try again. */
const DEFAULT_VISIBILITY_TIMEOUT_MS = 5_000;

/** Follows the topic at once, and tries again until the log answers and the topic is there. */
export function topicTable<Row, Change>(
  definition: TopicTableDefinition<Row, Change>,
  deps: TopicTableDeps,
): TopicTable<Row> {
  return new FollowedTopicTable(definition, deps, (open) =>
    followInBackground<Follower>({ what: definition.what, logger: deps.logger, open }),
  );
}

/**
 * Resolves once the table holds everything that was on the topic; does not try again.
 * @throws LogUnavailableError, or UnknownTopicError when the topic was not created before.
 */
export async function openTopicTable<Row, Change>(
  definition: TopicTableDefinition<Row, Change>,
  deps: TopicTableDeps,
): Promise<TopicTable<Row>> {
  const table = new FollowedTopicTable(definition, deps, followOnce);
  await table.opened;
  return table;
}

type OpenFollower = (signal?: AbortSignal) => Promise<Follower>;

interface Following {
  /** Null when it was closed before. */
  readonly opened: Promise<Follower | null>;
  close(): Promise<void>;
}

function followOnce(open: OpenFollower): Following {
  const opened = open();
  return { opened, close: async () => (await opened).close() };
}

interface PlacedRow<Row> {
  readonly row: Row;
  readonly partition: number;
}

/**
 * A partition that is handed over again from its start: the topic was recreated, or may have been. The
 * table shows what it held until this is read to its end, as it mostly is the same.
 */
interface Rereading<Row> {
  readonly rows: Map<string, Row>;
  readonly changeIds: Set<string>;
}

class FollowedTopicTable<Row, Change> implements TopicTable<Row> {
  readonly opened: Promise<boolean>;
  readonly #definition: TopicTableDefinition<Row, Change>;
  readonly #deps: TopicTableDeps;
  readonly #rows = new Map<string, PlacedRow<Row>>();
  readonly #reached = new Map<number, bigint>();
  readonly #rereadings = new Map<number, Rereading<Row>>();
  readonly #listeners = new Set<(update: RowUpdate<Row>) => void>();
  readonly #awaited: AwaitedChanges;
  readonly #following: Following;
  #isRead = false;

  constructor(
    definition: TopicTableDefinition<Row, Change>,
    deps: TopicTableDeps,
    follow: (open: OpenFollower) => Following,
  ) {
    this.#definition = definition;
    this.#deps = deps;
    this.#awaited = new AwaitedChanges(deps.visibilityTimeoutMs ?? DEFAULT_VISIBILITY_TIMEOUT_MS);
    this.#following = follow((signal) => this.#follow(signal));
    this.opened = this.#following.opened.then((follower) => follower !== null);
  }

  get isRead(): boolean {
    return this.#isRead;
  }

  assertRead(): void {
    if (this.#isRead) return;
    throw new TableNotReadError(`the ${this.#definition.what} have not been read from the log yet`);
  }

  get(key: string): Row | undefined {
    this.assertRead();
    return this.#rows.get(key)?.row;
  }

  rows(): Row[] {
    this.assertRead();
    return Array.from(this.#rows.values(), ({ row }) => row);
  }

  reached(partition: number): bigint {
    return this.#rereadings.has(partition) ? 0n : (this.#reached.get(partition) ?? 0n);
  }

  write(messages: readonly TableWrite[]): Promise<void> {
    const { topic } = this.#definition;
    const changeId = randomUUID();
    const last = messages.length - 1;
    return this.#awaited.during(changeId, () =>
      this.#deps.log.publish(
        messages.map((message, index) => ({
          ...message,
          topic,
          headers: {
            ...(message.headers ?? schemaHeader(topic)),
            ...(index === last ? { [CHANGE_ID_HEADER]: changeId } : {}),
          },
        })),
      ),
    );
  }

  onChange(listener: (update: RowUpdate<Row>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#following.close();
  }

  async #follow(signal: AbortSignal | undefined): Promise<Follower> {
    const follower = await this.#deps.log.follow({
      topic: this.#definition.topic,
      onMessage: (message) => this.#onMessage(message),
      onReached: (position) => this.#onReached(position),
    });
    try {
      await untilAborted(follower.caughtUp, signal);
      for (const partition of this.#rereadings.keys()) this.#showReread(partition);
      this.#isRead = true;
      return follower;
    } catch (error) {
      await follower.close();
      throw error;
    }
  }

  #onMessage(message: LogMessage): void {
    const { partition, offset, headers } = message;
    this.#reach(partition, offset, offset + 1n);
    this.#apply(message);
    const changeId = headers[CHANGE_ID_HEADER];
    if (changeId === undefined) return;
    const rereading = this.#rereadings.get(partition);
    if (rereading) rereading.changeIds.add(changeId);
    else this.#awaited.seen(changeId);
  }

  #onReached({ partition, offset, readableOffset }: ReachedPosition): void {
    this.#reach(partition, offset, offset);
    if (offset >= readableOffset) this.#showReread(partition);
  }

  #reach(partition: number, fromOffset: bigint, toOffset: bigint): void {
    if (fromOffset < (this.#reached.get(partition) ?? 0n)) {
      this.#rereadings.set(partition, { rows: new Map(), changeIds: new Set() });
    }
    this.#reached.set(partition, toOffset);
  }

  #apply(message: LogMessage): void {
    const { parse, evolve, what } = this.#definition;
    const { topic, partition, offset } = message;
    const parsed = parse(message);
    if (parsed === null || 'reason' in parsed) {
      const place = { topic, partition, offset: String(offset), key: message.key };
      const problem = `message of the ${what} skipped: it cannot be read`;
      this.#deps.logger.warn({ ...place, reason: parsed?.reason }, problem);
      return;
    }
    const { key, change } = parsed;
    const reread = this.#rereadings.get(partition)?.rows;
    if (!reread) {
      this.#put(key, partition, evolve(this.#rows.get(key)?.row, change));
      return;
    }
    const row = evolve(reread.get(key), change);
    if (row === undefined) reread.delete(key);
    else reread.set(key, row);
  }

  #showReread(partition: number): void {
    const rereading = this.#rereadings.get(partition);
    if (!rereading) return;
    this.#rereadings.delete(partition);
    for (const [key, placed] of this.#rows) {
      const isGone = placed.partition === partition && !rereading.rows.has(key);
      if (isGone) this.#put(key, partition, undefined);
    }
    for (const [key, row] of rereading.rows) this.#put(key, partition, row);
    for (const changeId of rereading.changeIds) this.#awaited.seen(changeId);
  }

  #put(key: string, partition: number, row: Row | undefined): void {
    const before = this.#rows.get(key)?.row;
    if (row === undefined) this.#rows.delete(key);
    else this.#rows.set(key, { row, partition });
    if (row === before) return;
    for (const listener of this.#listeners) listener({ key, before, row });
  }
}
