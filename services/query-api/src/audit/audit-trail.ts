/**
 * The newest audit entries: a fold over `webhook.audit`, held in memory by every query API. There are
 * some a day; so that a script that makes thousands does not fill the memory, the oldest are let go.
 */

import { type AuditEntry, AuditEntrySchema } from '@hookpulse/api/audit-entry';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { type Followed, followInBackground } from '@hookpulse/event-log/follow-in-background';
import { parseAs } from '@hookpulse/event-log/json-value';
import { AUDIT_TOPIC } from '@hookpulse/event-log/topics';
import { AwaitedChanges } from '@hookpulse/topic-tables/awaited-changes';
import { Compile } from 'typebox/compile';
import { auditMessage } from './audit-message.ts';

export interface AuditTrail {
  /**
   * The newest first.
   * @param before - only entries older than this one; null: the newest of all
   */
  newest(before: AuditPlace | null, limit: number): readonly AuditEntry[];
  /**
   * Resolves when the entry is durable and seen here.
   * @throws LogUnavailableError when that did not happen in time; it may have been stored all the same
   */
  add(entry: AuditEntry): Promise<void>;
  close(): Promise<void>;
}

/** Where an entry stands among the others. */
export type AuditPlace = Pick<AuditEntry, 'audit_id' | 'at'>;

export interface AuditTrailDeps {
  readonly log: Pick<EventLog, 'follow' | 'publish'>;
  readonly logger: Logger;
  /** Default: 10,000. */
  readonly maxEntries?: number;
}

/** Some 5 MB. */
const DEFAULT_MAX_ENTRIES = 10_000;
/** It takes milliseconds to come back; whoever made the change waits no longer for its answer. */
const VISIBILITY_TIMEOUT_MS = 2_000;

const entryValidator = Compile(AuditEntrySchema);

/** Tries again until the log answers. */
export function followAudit(deps: AuditTrailDeps): Followed<AuditTrail> {
  return followInBackground({
    what: 'the audit',
    logger: deps.logger,
    open: (signal) => openAuditTrail(deps, signal),
  });
}

async function openAuditTrail(deps: AuditTrailDeps, signal: AbortSignal): Promise<AuditTrail> {
  const trail = new FollowedAuditTrail(deps);
  await trail.open(signal);
  return trail;
}

class FollowedAuditTrail implements AuditTrail {
  readonly #deps: AuditTrailDeps;
  readonly #maxEntries: number;
  readonly #awaited = new AwaitedChanges(VISIBILITY_TIMEOUT_MS);
  /** The oldest first; of the same moment, in the order of the log. */
  #entries: AuditEntry[] = [];
  #ids = new Set<string>();
  #nextOffset = 0n;
  #follower: Follower | null = null;

  constructor(deps: AuditTrailDeps) {
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

  newest(before: AuditPlace | null, limit: number): readonly AuditEntry[] {
    const end = before === null ? this.#entries.length : this.#indexOf(before);
    return this.#entries.slice(Math.max(0, end - limit), end).reverse();
  }

  add(entry: AuditEntry): Promise<void> {
    return this.#awaited.during(entry.audit_id, () =>
      this.#deps.log.publish([auditMessage(entry)]),
    );
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#follower?.close();
  }

  #onMessage({ offset, value, topic, key }: LogMessage): void {
    const entry = parseAs(value, entryValidator);
    if (!entry) {
      this.#deps.logger.warn({ topic, offset: String(offset), key }, 'audit entry skipped');
      return;
    }
    // The topic was recreated, and is handed over from its start.
    if (offset < this.#nextOffset) this.#keepNewest(0);
    this.#nextOffset = offset + 1n;
    this.#put(entry);
    this.#awaited.seen(entry.audit_id);
    // Now and then, so that not every entry moves all others.
    if (this.#entries.length >= 2 * this.#maxEntries) this.#keepNewest(this.#maxEntries);
  }

  #keepNewest(count: number): void {
    this.#entries = this.#entries.slice(this.#entries.length - count);
    this.#ids = new Set(this.#entries.map(({ audit_id }) => audit_id));
  }

  /** What was erased of an entry stands at the end of the log, and keeps its place here. */
  #put(entry: AuditEntry): void {
    const isKnown = this.#ids.has(entry.audit_id);
    this.#entries.splice(this.#indexOf(entry), isKnown ? 1 : 0, entry);
    this.#ids.add(entry.audit_id);
  }

  /** Of the entry itself, or of the first one after its moment where it is not held (any more). */
  #indexOf({ audit_id, at }: AuditPlace): number {
    return this.#ids.has(audit_id)
      ? this.#entries.findLastIndex((entry) => entry.audit_id === audit_id)
      : this.#entries.findLastIndex((entry) => entry.at <= at) + 1;
  }
}
