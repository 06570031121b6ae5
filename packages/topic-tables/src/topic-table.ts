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
} from '@hookpulse/event-log/event-log';
import { followInBackground } from '@hookpulse/event-log/follow-in-background';
import { schemaHeader } from '@hookpulse/event-log/topics';
import { AwaitedChanges } from './bots/awaited-changes.ts';

/** What the messages of a topic mean. Both functions are pure and never throw. */
export interface TopicTableDefinition<Row, Change> {
  readonly topic: string;
  /** What its rows are, in the plural: operators read it in log lines. */
  readonly what: string;
  /** What a message says, and of which row; null when it cannot be read. */
  parse(message: LogMessage): RowChange<Change> | null;
  /** The row after a change; undefined when the change ends it, or means nothing without a row. */
  evolve(row: Row | undefined, change: Change): Row | undefined;
}

export interface RowChange<Change> {
  /** Of the row. Several keys of messages may tell of one row, in one partition. */
  readonly key: string;
  readonly change: Change;
}

/** A message to append. A null value lets the topic forget the key. */
export interface TableWrite {
  readonly key: string;
  readonly value: string | null;
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
  /** @throws TableNotReadError until it holds everything that was on the topic. */
  get(key: string): Row | undefined;
  /** @throws TableNotReadError */
  rows(): Row[];
  /** Next offset to be read of a partition. */
  reached(partition: number): bigint;
  /**
   * Appends messages in one durable step. Resolves once they are visible in this process.
   * @throws LogUnavailableError when that did not happen in time; they may have been stored all the same.
   */
  write(messages: readonly TableWrite[]): Promise<void>;
  /** Calls the listener after every change of a row. @returns how to stop that */
  onChange(listener: () => void): () => void;
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
  return new FollowedTopicTable(definition, deps);
}

interface PlacedRow<Row> {
  readonly row: Row;
  readonly partition: number;
}

class FollowedTopicTable<Row, Change> implements TopicTable<Row> {
  readonly opened: Promise<boolean>;
  readonly #definition: TopicTableDefinition<Row, Change>;
  readonly #deps: TopicTableDeps;
  readonly #rows = new Map<string, PlacedRow<Row>>();
  readonly #reached = new Map<number, bigint>();
  readonly #listeners = new Set<() => void>();
  readonly #awaited: AwaitedChanges;
  readonly #following: { close(): Promise<void> };
  #isWhole = false;

  constructor(definition: TopicTableDefinition<Row, Change>, deps: TopicTableDeps) {
    this.#definition = definition;
    this.#deps = deps;
    this.#awaited = new AwaitedChanges(deps.visibilityTimeoutMs ?? DEFAULT_VISIBILITY_TIMEOUT_MS);
    const following = followInBackground<Follower>({
      what: definition.what,
      logger: deps.logger,
      open: (signal) => this.#follow(signal),
    });
    this.#following = following;
    this.opened = following.opened.then((follower) => follower !== null);
  }

  get(key: string): Row | undefined {
    this.#assertWhole();
    return this.#rows.get(key)?.row;
  }

  rows(): Row[] {
    this.#assertWhole();
    return Array.from(this.#rows.values(), ({ row }) => row);
  }

  reached(partition: number): bigint {
    return this.#reached.get(partition) ?? 0n;
  }

  write(messages: readonly TableWrite[]): Promise<void> {
    const { topic } = this.#definition;
    const changeId = randomUUID();
    const headers = { ...schemaHeader(topic), [CHANGE_ID_HEADER]: changeId };
    const last = messages.length - 1;
    return this.#awaited.during(changeId, () =>
      this.#deps.log.publish(
        messages.map((message, index) => ({
          ...{ topic, ...message },
          headers: index === last ? headers : schemaHeader(topic),
        })),
      ),
    );
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#following.close();
  }

  async #follow(signal: AbortSignal): Promise<Follower> {
    const follower = await this.#deps.log.follow({
      topic: this.#definition.topic,
      onMessage: (message) => this.#onMessage(message),
    });
    try {
      await untilAborted(follower.caughtUp, signal);
      this.#isWhole = true;
      return follower;
    } catch (error) {
      await follower.close();
      throw error;
    }
  }

  #onMessage(message: LogMessage): void {
    const { partition, offset } = message;
    if (offset < this.reached(partition)) this.#forget(partition);
    this.#reached.set(partition, offset + 1n);
    this.#apply(message);
    const changeId = message.headers[CHANGE_ID_HEADER];
    if (changeId !== undefined) this.#awaited.seen(changeId);
  }

  #apply(message: LogMessage): void {
    const { parse, evolve, what } = this.#definition;
    const parsed = parse(message);
    if (!parsed) {
      const { topic, partition, offset, key } = message;
      const place = { topic, partition, offset: String(offset), key };
      this.#deps.logger.warn(place, `message of the ${what} skipped: it cannot be read`);
      return;
    }
    const row = evolve(this.#rows.get(parsed.key)?.row, parsed.change);
    if (row === undefined) this.#rows.delete(parsed.key);
    else this.#rows.set(parsed.key, { row, partition: message.partition });
    for (const listener of this.#listeners) listener();
  }

  /** The topic was recreated, and is handed over from its start. */
  #forget(partition: number): void {
    for (const [key, row] of this.#rows) if (row.partition === partition) this.#rows.delete(key);
  }

  #assertWhole(): void {
    if (this.#isWhole) return;
    throw new TableNotReadError(`the ${this.#definition.what} have not been read from the log yet`);
  }
}
