/**
 * The state of every alert: a fold over `webhook.alerts` and `webhook.alert-mails`. Every alerter and
 * every query API holds all of it, whoever judges.
 */
import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import {
  isAboutAlertsOf,
  isOlderReceipt,
  type MailReceipt,
} from '@hookpulse/common/alerts/mail-receipt';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { untilAborted } from '@hookpulse/common/runtime/until-aborted';
import type { EventLog, Follower, LogMessage, LogPosition } from '@hookpulse/event-log/event-log';
import { ALERT_MAILS_TOPIC, ALERTS_TOPIC } from '@hookpulse/event-log/topics';
import { readAlertMessage } from './alert-messages.ts';

/** The newest of a bot and rule. */
export interface AlertState {
  readonly transition: AlertTransition;
  /** Null: nothing was tried or decided about its mails yet. */
  readonly receipt: MailReceipt | null;
}

export interface AlertBoard {
  /** @param key - of `alertKey` */
  get(key: string): AlertState | undefined;
  list(): Iterable<AlertState>;
  /** Next offset to be read of a partition of one of the two topics. */
  reached(topic: string, partition: number): bigint;
  close(): Promise<void>;
}

export interface AlertBoardDeps {
  readonly log: Pick<EventLog, 'follow'>;
  readonly logger: Logger;
  /** Told every transition that is new to the board, those included that stood there already. */
  onTransition?(transition: AlertTransition): void;
  /** Gives up reading what is on the log. */
  readonly signal?: AbortSignal;
}

/** The alert that is mailed about, and one that another alerter, or a bot of the same name, had before. */
const ALERTS_WITH_RECEIPT = 2;

/**
 * Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when a topic was not created before.
 */
export async function openAlertBoard(deps: AlertBoardDeps): Promise<AlertBoard> {
  const board = new FollowedAlertBoard(deps);
  await board.open();
  return board;
}

class FollowedAlertBoard implements AlertBoard {
  readonly #deps: AlertBoardDeps;
  readonly #transitions = new Map<string, AlertTransition>();
  /** Of the last alerts of a bot and rule, the newest of each. */
  readonly #receipts = new Map<string, readonly MailReceipt[]>();
  readonly #reached = new Map<string, bigint>();
  readonly #followers: Follower[] = [];

  constructor(deps: AlertBoardDeps) {
    this.#deps = deps;
  }

  async open(): Promise<void> {
    const { log, signal } = this.#deps;
    try {
      for (const topic of [ALERTS_TOPIC, ALERT_MAILS_TOPIC]) {
        const onMessage = (message: LogMessage) => this.#onMessage(message);
        const onReached = ({ partition, offset }: LogPosition) =>
          this.#reached.set(placeOf(topic, partition), offset);
        this.#followers.push(await log.follow({ topic, onMessage, onReached }));
      }
      const caughtUp = Promise.all(this.#followers.map((follower) => follower.caughtUp));
      await untilAborted(caughtUp, signal);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  get(key: string): AlertState | undefined {
    const transition = this.#transitions.get(key);
    return transition && { transition, receipt: this.#receiptOf(transition, key) };
  }

  *list(): Iterable<AlertState> {
    for (const [key, transition] of this.#transitions) {
      yield { transition, receipt: this.#receiptOf(transition, key) };
    }
  }

  reached(topic: string, partition: number): bigint {
    return this.#reached.get(placeOf(topic, partition)) ?? 0n;
  }

  async close(): Promise<void> {
    await Promise.all(this.#followers.map((follower) => follower.close()));
  }

  #onMessage(message: LogMessage): void {
    const { topic, partition, offset, key } = message;
    const read = readAlertMessage(message);
    switch (read.kind) {
      case 'transition':
        this.#applyTransition(read.transition);
        break;
      case 'receipt':
        this.#applyReceipt(read.receipt);
        break;
      case 'forget':
        (read.what === 'transition' ? this.#transitions : this.#receipts).delete(read.key);
        break;
      case 'unreadable': {
        const place = { topic, partition, offset: String(offset), key };
        this.#deps.logger.warn({ ...place, reason: read.reason }, 'alert message skipped');
        break;
      }
      default:
        read satisfies never;
    }
  }

  /** The first one of a number stands: another alerter may have decided the same a moment later. */
  #applyTransition(transition: AlertTransition): void {
    const key = alertKey(transition);
    const current = this.#transitions.get(key);
    if (current && current.sequence >= transition.sequence) return;
    this.#transitions.set(key, transition);
    this.#deps.onTransition?.(transition);
  }

  /** One of an alerter that had stood still must not take back what is known since. */
  #applyReceipt(receipt: MailReceipt): void {
    const key = alertKey(receipt);
    const known = this.#receipts.get(key) ?? [];
    const current = known.find(({ alert_id }) => alert_id === receipt.alert_id);
    if (current && isOlderReceipt(receipt, current)) return;
    const others = known.filter((one) => one !== current);
    this.#receipts.set(key, [...others, receipt].slice(-ALERTS_WITH_RECEIPT));
  }

  /** A receipt beyond the transitions, or of another alert, is of a bot or a topic that was made anew. */
  #receiptOf(transition: AlertTransition, key: string): MailReceipt | null {
    let newest: MailReceipt | null = null;
    for (const receipt of this.#receipts.get(key) ?? []) {
      if (!isAboutAlertsOf(receipt, transition)) continue;
      if (newest === null || receipt.sequence > newest.sequence) newest = receipt;
    }
    return newest;
  }
}

function placeOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
