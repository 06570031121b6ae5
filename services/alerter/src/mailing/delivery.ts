/**
 * One notification from its plan to its receipts: noted on the log as being sent, tried until it is taken
 * or refused for good, and noted again. Each step is done again until it is done; a restarted alerter
 * goes on at the step that the log shows.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, Notification, Outcome } from '@hookpulse/channels/notification';
import type { MailState } from '@hookpulse/common/alerts/mail-receipt';
import { type ReceiverKind, receiverKind } from '@hookpulse/common/alerts/receiver';
import type { Clock, SteadyClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { iso } from '@hookpulse/common/values/iso';
import { type Span, type Tracer, traceFields } from '@hookpulse/service-kit/telemetry/tracer';
import type { PlannedMail } from '../domain/mail-plan.ts';
import { receiptsOf } from '../domain/mail-receipts.ts';
import type { MailOptions } from '../domain/mail-text/mail-content.ts';
import type { AlerterMetrics } from '../metrics.ts';
import type { KeyedQueue } from './keyed-queue.ts';
import { notificationOf, type ThreadEnds } from './notification-of.ts';
import type { Receipts } from './receipts.ts';

export interface DeliveryDeps {
  readonly channel: Channel;
  readonly receipts: Pick<Receipts, 'publish'>;
  /**
   * To the same receivers one notification is tried at a time, until its outcome is on the log: so a
   * process that dies leaves one at most of which nobody knows whether it was taken.
   */
  readonly queue: KeyedQueue;
  readonly text: MailOptions;
  readonly clock: Clock;
  readonly steadyClock: SteadyClock;
  readonly logger: Logger;
  readonly metrics: Pick<AlerterMetrics, 'notifications'>;
  /** Default: nothing is traced. */
  readonly tracer?: Tracer | null;
  /** What the notification goes on from; default: no trace. */
  readonly traceparent?: string | null;
  /** Waits before the next attempt. Default: as long as it is told. */
  readonly pause?: Pause;
  /** Whether notifications are still this alerter's to send. */
  isMailer(): boolean;
}

/** Resolves after so many milliseconds, or when the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** Soon: greylisting and restarts of servers take seconds to minutes. */
const FIRST_PAUSE_MS = 1_000;
/** So that it goes on within half a minute of the server's return, however long it was away. */
const LONGEST_PAUSE_MS = 30_000;
/** A receiver that asks for more is asked again after this. */
const LONGEST_ASKED_PAUSE_MS = 3_600_000;
/** The log answers within seconds as a rule. */
const LOG_PAUSE_MS = 500;
/**
 * How long a mail is tried for the remaining receivers once others have it: longer than greylisting
 * takes. Otherwise one full mailbox, or a domain that does not exist, would hold back the next mails of
 * the alert from everybody.
 */
const STRAGGLER_PATIENCE_MS = 30 * 60_000;

/**
 * Resolves when the notification is settled, or when it is not this alerter's any more.
 * @param isMarked - whether the log says already that it is being sent
 * @param signal - gives up; it is tried again by whoever sends next
 */
export function deliver(
  planned: PlannedMail & ThreadEnds,
  isMarked: boolean,
  deps: DeliveryDeps,
  signal: AbortSignal,
): Promise<void> {
  return new Delivery(planned, deps, signal).run(isMarked);
}

class Delivery {
  readonly #planned: PlannedMail;
  readonly #notification: Notification;
  readonly #deps: DeliveryDeps;
  readonly #signal: AbortSignal;
  #leftTo: readonly string[];
  #attempts: number;
  /** Receivers that have it. */
  readonly #taken: Set<string>;
  /** What was said about receivers that are done with. */
  readonly #earlier: string[] = [];
  /** When the first of them got it, or who was told before, by the steady clock; null: nobody has it yet. */
  #takenMs: number | null;

  constructor(planned: PlannedMail & ThreadEnds, deps: DeliveryDeps, signal: AbortSignal) {
    this.#planned = planned;
    this.#notification = notificationOf(planned, deps.text);
    this.#deps = deps;
    this.#signal = signal;
    this.#taken = new Set(planned.taken);
    this.#leftTo = planned.receivers.filter((receiver) => !this.#taken.has(receiver));
    this.#attempts = planned.attempts ?? 0;
    // Who was told before got it by another notification, and a channel has one receiver alone.
    const isTold = this.#channel === undefined && isToLatecomers(planned);
    this.#takenMs = isTold || this.#taken.size > 0 ? deps.steadyClock.now() : null;
  }

  async run(isMarked: boolean): Promise<void> {
    if (!isMarked && !(this.#goesOn && (await this.#note('sending', null)))) return;
    const queue = this.#planned.receivers.join('\n');
    let pauseMs = FIRST_PAUSE_MS;
    while (this.#goesOn) {
      const nextMs = await this.#deps.queue.run(queue, () => this.#attempt(pauseMs));
      if (nextMs === null) return;
      await this.#pause(nextMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  get #goesOn(): boolean {
    return !this.#signal.aborted && this.#deps.isMailer();
  }

  /** @returns after how many milliseconds to try again; null: nothing more is to be tried. */
  async #attempt(pauseMs: number): Promise<number | null> {
    if (!this.#goesOn) return null;
    const span = this.#startSpan();
    const outcome = await this.#deps.channel.send({ ...this.#notification, to: this.#leftTo });
    if (outcome.kind !== 'accepted') span?.fail(outcome.kind);
    span?.end();
    this.#attempts += 1;
    if (outcome.kind !== 'refused') for (const one of outcome.taken) this.#taken.add(one);
    const { logger } = this.#deps;
    const about = { ...this.#about(outcome.detail), ...traceFields(span) };
    switch (outcome.kind) {
      case 'accepted':
        logger.info(about, 'notification accepted');
        await this.#settle('accepted', outcome.detail);
        return null;
      case 'refused':
        logger.error({ ...about, to: this.#leftTo }, 'notification permanently refused');
        await this.#settle(this.#takenMs === null ? 'refused' : 'accepted', outcome.detail);
        return null;
      case 'later':
        return this.#later(outcome, pauseMs, about);
      default:
        return outcome satisfies never;
    }
  }

  async #later(
    outcome: Extract<Outcome, { kind: 'later' }>,
    pauseMs: number,
    about: object,
  ): Promise<number | null> {
    const { steadyClock, logger, metrics } = this.#deps;
    if (this.#takenMs !== null && steadyClock.now() - this.#takenMs >= this.#patienceMs) {
      logger.error({ ...about, to: outcome.leftTo }, 'notification abandoned for some receivers');
      await this.#settle('accepted', `given up: ${outcome.detail}`);
      return null;
    }
    const askedMs = Math.min(outcome.afterMs ?? 0, LONGEST_ASKED_PAUSE_MS);
    const nextMs = Math.max(pauseMs, askedMs);
    logger.warn({ ...about, pauseMs: nextMs }, 'notification not accepted; trying again');
    metrics.notifications.inc(this.#channelKind, 'retried');
    await this.#noteFailure(outcome.detail, nextMs);
    if (outcome.leftTo.length < this.#leftTo.length) this.#earlier.push(outcome.detail);
    if (outcome.taken.length > 0) this.#takenMs ??= steadyClock.now();
    this.#leftTo = outcome.leftTo;
    return nextMs;
  }

  /** A receiver on its own holds nobody else back. */
  get #patienceMs(): number {
    return this.#channel !== undefined ? Number.POSITIVE_INFINITY : STRAGGLER_PATIENCE_MS;
  }

  /** Of a way of its own; undefined: the receivers that one mail goes to together. */
  get #channel(): string | undefined {
    return this.#planned.items[0]?.channel;
  }

  get #channelKind(): ReceiverKind {
    return receiverKind(this.#channel);
  }

  #startSpan(): Span | null {
    const { tracer, traceparent } = this.#deps;
    if (!tracer || !traceparent) return null;
    return tracer.start({
      name: 'send notification',
      kind: 'client',
      parent: traceparent,
      attributes: {
        'hookpulse.channel': this.#channelKind,
        'hookpulse.attempt': this.#attempts + 1,
      },
    });
  }

  #about(detail: string | null) {
    const { messageId, subject, to, alerts } = this.#notification;
    const channel = this.#channel;
    return {
      messageId,
      alerts: alerts.length,
      subject,
      ...(channel === undefined ? {} : { channel, to }),
      detail,
    };
  }

  async #settle(state: 'accepted' | 'refused', detail: string | null): Promise<void> {
    this.#deps.metrics.notifications.inc(this.#channelKind, state);
    await this.#note(state, this.#inAll(detail));
  }

  #inAll(detail: string | null): string | null {
    return [...this.#earlier, ...(detail === null ? [] : [detail])].join('; ') || null;
  }

  /** People look why it does not come. The next attempt does not wait for a log that is away. */
  async #noteFailure(detail: string, pauseMs: number): Promise<void> {
    const { clock, receipts, logger } = this.#deps;
    const nowMs = clock.now();
    const next_attempt_at = iso(nowMs + pauseMs);
    const noted = receiptsOf(this.#planned, 'sending', this.#inAll(detail), this.#taken, nowMs).map(
      (receipt) => ({ ...receipt, attempts: this.#attempts, next_attempt_at }),
    );
    await receipts.publish(noted).catch((error: unknown) => {
      logger.warn({ err: error }, 'the failure of a notification could not be recorded');
    });
  }

  /** @returns whether it is on the log, and work goes on. */
  async #note(state: MailState, detail: string | null): Promise<boolean> {
    const { clock, receipts, logger } = this.#deps;
    const noted = receiptsOf(this.#planned, state, detail, this.#taken, clock.now());
    // Recorded for the alerter that sends next: without the answer of the server it would send it again.
    const isWanted = () => (state === 'sending' ? this.#goesOn : !this.#signal.aborted);
    do {
      try {
        await receipts.publish(noted);
        return this.#goesOn;
      } catch (error) {
        const problem = 'the receipt of a notification could not be recorded; retrying';
        logger.warn({ err: error, state }, problem);
        await this.#pause(LOG_PAUSE_MS);
      }
    } while (isWanted());
    return false;
  }

  async #pause(ms: number): Promise<void> {
    await (this.#deps.pause ?? pauseFor)(ms, this.#signal);
  }
}

const pauseFor: Pause = (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined);

/** Others have been told what it tells. */
function isToLatecomers({ items }: PlannedMail): boolean {
  return items.some(({ telling }) => telling > 0);
}
