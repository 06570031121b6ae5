/**
 * Updates that were received and never processed (contract, `WEBHOOK_PROCESSING_TIMEOUT`).
 *
 * Only bots that report of their own work can be late with it: of the others nothing is known but
 * that their updates arrive, and calling every one of them a time-out would be a lie.
 */
import { timeoutEventId } from '@hookpulse/common/events/event-identity';
import {
  FORWARDER,
  NO_DETAILS,
  TIMEOUT,
  type WebhookEvent,
} from '@hookpulse/common/events/webhook-event';
import { iso } from '@hookpulse/common/values/iso';

export interface OverdueUpdate {
  readonly botId: string;
  readonly updateId: number;
  readonly updateType: string | null;
  /** When it became overdue, milliseconds since the epoch. */
  readonly overdueSinceMs: number;
}

interface PendingUpdate {
  readonly updateId: number;
  readonly updateType: string | null;
  readonly overdueFromMs: number;
}

export class ProcessingTimeouts {
  readonly #timeoutMs: number;
  readonly #reportingBots: Set<string>;
  /** Log times of reports that came before their update: a worker may be faster than the log. */
  readonly #settledEarly = new Map<string, number>();
  /**
   * By bot, then by key of the update in the order of log time. The keys are texts: numbers are hashed
   * without a secret, and a bot could report those that fall on one chain.
   */
  readonly #pending = new Map<string, Map<string, PendingUpdate>>();

  /** @param reportingBots - bots known to report of their own work */
  constructor(timeoutMs: number, reportingBots: Iterable<string>) {
    this.#timeoutMs = timeoutMs;
    this.#reportingBots = new Set(reportingBots);
  }

  /** Takes note of an event, in log order. @param logTimeMs - when the log took it */
  observe(event: WebhookEvent, logTimeMs: number): void {
    switch (event.event_type) {
      case 'received':
        this.#expect(event, logTimeMs);
        return;
      case 'processed':
      case 'error':
        if (event.reported_by === FORWARDER) this.#leaveToForwarder(event.bot_id);
        else this.#reportingBots.add(event.bot_id);
        this.#settle(event, logTimeMs);
        return;
      case 'response_sent':
      case 'retry':
        return;
      default:
        event.event_type satisfies never;
    }
  }

  /** Every update that was to be processed by `nowMs` and is not; until its time-out is observed. */
  overdue(nowMs: number): OverdueUpdate[] {
    const overdue: OverdueUpdate[] = [];
    for (const [botId, updates] of this.#pending) {
      for (const { updateId, updateType, overdueFromMs } of updates.values()) {
        if (overdueFromMs > nowMs) continue;
        overdue.push({ botId, updateId, updateType, overdueSinceMs: overdueFromMs });
      }
    }
    return overdue;
  }

  /** Nothing is known of a bot any more, as of one that has not reported yet. */
  forget(botId: string): void {
    this.#pending.delete(botId);
    this.#reportingBots.delete(botId);
  }

  /**
   * Of a bot whose updates are forwarded, the forwarder reports each one, and a time-out as well: what
   * waits on the log for a bot that is away is late, and counted when it was tried or has expired.
   */
  #leaveToForwarder(botId: string): void {
    if (!this.#reportingBots.delete(botId)) return;
    this.#pending.delete(botId);
  }

  #expect(event: WebhookEvent, logTimeMs: number): void {
    if (event.status === 'failed' || event.update_id === null) return;
    if (!this.#reportingBots.has(event.bot_id)) return;
    const key = updateKey(event.bot_id, event.update_id);
    this.#forgetEarly(logTimeMs);
    if (this.#settledEarly.delete(key)) return;
    let updates = this.#pending.get(event.bot_id);
    if (!updates) {
      updates = new Map();
      this.#pending.set(event.bot_id, updates);
    }
    const overdueFromMs = logTimeMs + this.#timeoutMs;
    const { update_id: updateId, update_type: updateType } = event;
    updates.set(key, { updateId, updateType, overdueFromMs });
  }

  #settle(event: WebhookEvent, logTimeMs: number): void {
    if (event.update_id === null) return;
    const key = updateKey(event.bot_id, event.update_id);
    const updates = this.#pending.get(event.bot_id);
    if (!updates?.delete(key)) {
      if (this.#reportingBots.has(event.bot_id)) this.#settleEarly(key, logTimeMs);
      return;
    }
    if (updates.size === 0) this.#pending.delete(event.bot_id);
  }

  #settleEarly(key: string, logTimeMs: number): void {
    this.#forgetEarly(logTimeMs);
    // Put at the end: they stay in the order of log time.
    this.#settledEarly.delete(key);
    this.#settledEarly.set(key, logTimeMs);
  }

  /**
   * A report whose update did not follow within the time-out is of an update that never will. Judged
   * by the log's time of what is read, because while nothing is read the update may be on the log.
   */
  #forgetEarly(nowMs: number): void {
    for (const [key, logTimeMs] of this.#settledEarly) {
      if (logTimeMs > nowMs - this.#timeoutMs) return;
      this.#settledEarly.delete(key);
    }
  }
}

function updateKey(botId: string, updateId: number): string {
  return `${botId}/${updateId}`;
}

/** The `error` event that says so. Its id follows from the update, so that it counts once however often it is announced. */
export function timeoutEvent(overdue: OverdueUpdate): WebhookEvent {
  return {
    event_id: timeoutEventId(overdue.botId, overdue.updateId),
    bot_id: overdue.botId,
    event_type: 'error',
    status: 'failed',
    timestamp: iso(overdue.overdueSinceMs),
    ...NO_DETAILS,
    update_id: overdue.updateId,
    update_type: overdue.updateType,
    error_type: TIMEOUT,
    error_message: 'the update was received and never reported as processed',
  };
}
