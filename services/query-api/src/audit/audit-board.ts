/**
 * The newest audit entries: a fold over `webhook.audit`, held in memory by every query API. There are
 * some a day; so that a script that makes thousands does not fill the memory, the oldest are let go.
 */
import type { EventLog, Follower, LogMessage } from '@hookpulse/common/log/event-log';
import { type Followed, followInBackground } from '@hookpulse/common/log/follow-in-background';
import { parseAs } from '@hookpulse/common/log/json-value';
import { AUDIT_TOPIC } from '@hookpulse/common/log/topics';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import { Compile } from 'typebox/compile';
import { type AuditEntry, AuditEntrySchema } from '../domain/audit-entry.ts';

/** An entry with its place on the log. */
export interface PlacedEntry {
  readonly offset: bigint;
  readonly entry: AuditEntry;
}

export interface AuditBoard {
  /**
   * The newest first.
   * @param before - only entries that stand before this offset; null: the newest of all
   */
  newest(before: bigint | null, limit: number): readonly PlacedEntry[];
  close(): Promise<void>;
}

export interface AuditBoardDeps {
  readonly log: Pick<EventLog, 'follow'>;
  readonly logger: Logger;
  /** Default: 10,000. */
  readonly maxEntries?: number;
}

/** Some 5 MB. */
const DEFAULT_MAX_ENTRIES = 10_000;

const entryValidator = Compile(AuditEntrySchema);

/** Tries again until the log answers. */
export function followAudit(deps: AuditBoardDeps): Followed<AuditBoard> {
  return followInBackground({
    what: 'the audit',
    logger: deps.logger,
    open: (signal) => openAuditBoard(deps, signal),
  });
}

async function openAuditBoard(deps: AuditBoardDeps, signal: AbortSignal): Promise<AuditBoard> {
  const board = new FollowedAuditBoard(deps);
  await board.open(signal);
  return board;
}

class FollowedAuditBoard implements AuditBoard {
  readonly #deps: AuditBoardDeps;
  readonly #maxEntries: number;
  /** In order of their offsets. */
  #entries: PlacedEntry[] = [];
  #follower: Follower | null = null;

  constructor(deps: AuditBoardDeps) {
    this.#deps = deps;
    this.#maxEntries = deps.maxEntries ?? DEFAULT_MAX_ENTRIES;
  }

  async open(signal: AbortSignal): Promise<void> {
    this.#follower = await this.#deps.log.follow({
      topic: AUDIT_TOPIC,
      onMessage: (message) => this.#onMessage(message),
    });
    try {
      await untilAborted(this.#follower.caughtUp, signal);
    } catch (error) {
      await this.#follower.close();
      throw error;
    }
  }

  newest(before: bigint | null, limit: number): readonly PlacedEntry[] {
    const end =
      before === null
        ? this.#entries.length
        : this.#entries.findLastIndex(({ offset }) => offset < before) + 1;
    return this.#entries.slice(Math.max(0, end - limit), end).reverse();
  }

  async close(): Promise<void> {
    await this.#follower?.close();
  }

  #onMessage({ offset, value, topic, key }: LogMessage): void {
    const entry = parseAs(value, entryValidator);
    if (!entry) {
      this.#deps.logger.warn({ topic, offset: String(offset), key }, 'audit entry skipped');
      return;
    }
    // The topic was recreated, and is handed over from its start.
    if (offset <= (this.#entries.at(-1)?.offset ?? -1n)) this.#entries = [];
    this.#entries.push({ offset, entry });
    // Now and then, so that not every entry moves all others.
    if (this.#entries.length >= 2 * this.#maxEntries) {
      this.#entries = this.#entries.slice(-this.#maxEntries);
    }
  }
}
