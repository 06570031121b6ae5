/**
 * Puts what became of updates on the log, many at a time: events, dead updates, and how far each bot has
 * come. An update counts as under way until this is acknowledged, so that after a kill only what was
 * under way is sent again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import {
  type EventLog,
  MessageTooLargeError,
  type OutgoingMessage,
} from '@hookpulse/event-log/event-log';
import { valueByteLength } from '@hookpulse/event-log/limits';
import type { FailedAttempts } from '../domain/bot-lane.ts';
import { type ProgressRecord, progressMessage } from './progress-record.ts';

/** Something whose progress goes with the outcomes. */
export interface ProgressSource {
  /** How far it is when these are settled, and these failures reported, as well. */
  progressWith(changes: ProgressChanges): ProgressRecord;
  /** It is durable. */
  onStored(changes: ProgressChanges, stored: ProgressRecord): void;
}

/** What one publish says of the updates of a source. */
export interface ProgressChanges {
  readonly settled: ReadonlySet<bigint>;
  readonly failed: FailedAttempts;
}

export interface Outcome {
  readonly messages: readonly OutgoingMessage[];
  /** Null: progress is not touched. */
  readonly source: ProgressSource | null;
  /** Offset of the update that this settles; null: none. */
  readonly settles: bigint | null;
  /** The attempt whose failure this reports; absent: it reports none. */
  readonly fails?: { readonly offset: bigint; readonly attempt: number };
  /** Called once it is durable, or too large to be. */
  onStored?(): void;
}

interface Stored {
  readonly source: ProgressSource;
  readonly changes: ProgressChanges;
  readonly record: ProgressRecord;
}

const MAX_OUTCOMES_PER_PUBLISH = 200;
/** Dead updates may be large. */
const MAX_BYTES_PER_PUBLISH = 512 * 1024;
const RETRY_PAUSE_MS = 500;

export interface OutcomeWriterDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly logger: Logger;
}

export class OutcomeWriter {
  readonly #deps: OutcomeWriterDeps;
  readonly #waiting: Outcome[] = [];
  readonly #closing = new AbortController();
  /** Null: nothing waits, or it was given up. */
  #writing: Promise<void> | null = null;

  constructor(deps: OutcomeWriterDeps) {
    this.#deps = deps;
  }

  add(outcome: Outcome): void {
    this.#waiting.push(outcome);
    this.#writing ??= this.#write();
  }

  /** Resolves when everything that was added is on the log, or is given up by `close`. */
  async drained(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  /** Does not try again any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.drained();
  }

  async #write(): Promise<void> {
    // Outcomes of the same moment go together.
    await Promise.resolve();
    const wait = createWaitLog(this.#deps.logger, 'outcomes of forwarding wait for the log');
    while (this.#waiting.length > 0) {
      const outcomes = firstOf(this.#waiting);
      try {
        const stored = await this.#publish(outcomes);
        this.#waiting.splice(0, outcomes.length);
        for (const outcome of outcomes) outcome.onStored?.();
        for (const { source, changes, record } of stored) source.onStored(changes, record);
      } catch (error) {
        const { signal } = this.#closing;
        if (signal.aborted) break;
        wait.failed(error);
        await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
    // In the same turn as the last look at what waits, so that nothing is added unseen.
    this.#writing = null;
  }

  async #publish(outcomes: readonly Outcome[]): Promise<readonly Stored[]> {
    const bySource = new Map<
      ProgressSource,
      { settled: Set<bigint>; failed: Map<bigint, number> }
    >();
    for (const { source, settles, fails } of outcomes) {
      if (!source) continue;
      const changes = bySource.get(source) ?? { settled: new Set(), failed: new Map() };
      if (settles !== null) changes.settled.add(settles);
      if (fails) changes.failed.set(fails.offset, fails.attempt);
      bySource.set(source, changes);
    }
    const stored = Array.from(bySource, ([source, changes]) => ({
      source,
      changes,
      record: source.progressWith(changes),
    }));
    const progress = stored.map(({ record }) => progressMessage(record));
    const messages = [...outcomes.flatMap((outcome) => outcome.messages), ...progress];
    try {
      await this.#deps.log.publish(messages);
    } catch (error) {
      if (!(error instanceof MessageTooLargeError)) throw error;
      // Of a dead update with all that is told of it: its place is what cannot be done without.
      this.#deps.logger.error({ err: error }, 'an outcome is too large for the log, and not told');
      await this.#deps.log.publish(progress);
    }
    return stored;
  }
}

/** The first of what waits that make one publish; at least one. */
function firstOf(waiting: readonly Outcome[]): readonly Outcome[] {
  let bytes = 0;
  const end = waiting.slice(0, MAX_OUTCOMES_PER_PUBLISH).findIndex(({ messages }) => {
    bytes += messages.reduce((sum, { value }) => sum + valueByteLength(value), 0);
    return bytes > MAX_BYTES_PER_PUBLISH;
  });
  return waiting.slice(0, end === -1 ? MAX_OUTCOMES_PER_PUBLISH : Math.max(1, end));
}
