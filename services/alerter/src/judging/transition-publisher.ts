/**
 * Puts transitions on the log, and remembers each until the alert table shows it: nothing is decided on top
 * of a decision that is still on its way.
 */

import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { type EventLog, MessageTooLargeError } from '@hookpulse/event-log/event-log';
import type { Span } from '@hookpulse/service-kit/telemetry/tracer';
import { transitionToMessage } from '@hookpulse/topic-tables/alerts/alert-messages';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';

interface Waiting {
  readonly transition: AlertTransition;
  readonly span: Span | null;
  /** Since when it is on the log, or left out, milliseconds since the epoch; null: not yet, as far as is known. */
  acknowledgedMs: number | null;
  /** When it was last published in vain, milliseconds since the epoch; null: never. */
  failedMs: number | null;
}

export interface TransitionPublisherDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly alertStates: Pick<AlertStates, 'get'>;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  onPublished(transition: AlertTransition): void;
  /** Begins a span of the transition, that goes on from the bot's last traced event; default: there is none. */
  startSpan?(transition: AlertTransition): Span | null;
}

/** Keeps one publish small when a whole fleet fails. */
const MAX_TRANSITIONS_PER_PUBLISH = 200;

export class TransitionPublisher {
  readonly #deps: TransitionPublisherDeps;
  readonly #waiting = new Map<string, Waiting>();

  constructor(deps: TransitionPublisherDeps) {
    this.#deps = deps;
  }

  /** Whether a transition of the key is on its way. */
  isWaiting(key: string): boolean {
    const waiting = this.#waiting.get(key);
    if (!waiting) return false;
    const shown = this.#deps.alertStates.get(key)?.transition.sequence ?? 0;
    if (shown < waiting.transition.sequence) return true;
    this.#waiting.delete(key);
    return false;
  }

  add(transition: AlertTransition): void {
    const span = this.#deps.startSpan?.(transition) ?? null;
    const traced = span ? { ...transition, traceparent: span.traceparent } : transition;
    const waiting = { transition: traced, span, acknowledgedMs: null, failedMs: null };
    this.#waiting.set(alertKey(transition), waiting);
  }

  /**
   * Publishes what is not acknowledged yet. What failed is published again, the same, once the alert table
   * is known from after the failure: the log may have taken it, or this alerter was cut off for so long that
   * its successor has given the number, and later ones, to other transitions. The topic keeps the last
   * message of a key, so an old number behind a new one would take the new one back.
   * @param statesKnownToMs - as in `forgetKnown`
   * @throws LogUnavailableError
   */
  async flush(statesKnownToMs: number | null): Promise<void> {
    const open = [...this.#waiting].filter(
      ([key, one]) => one.acknowledgedMs === null && this.isWaiting(key),
    );
    const ready = open.filter(([, one]) => this.#mayBePublished(one, statesKnownToMs));
    for (let from = 0; from < ready.length; from += MAX_TRANSITIONS_PER_PUBLISH) {
      const chunk = ready.slice(from, from + MAX_TRANSITIONS_PER_PUBLISH).map(([, one]) => one);
      await this.#publish(chunk);
    }
  }

  #mayBePublished(one: Waiting, statesKnownToMs: number | null): boolean {
    if (one.failedMs === null) return true;
    one.failedMs = Math.min(one.failedMs, this.#deps.clock.now()); // clocks may go back
    return statesKnownToMs !== null && statesKnownToMs > one.failedMs;
  }

  async #publish(chunk: readonly Waiting[]): Promise<void> {
    const { log, clock, onPublished } = this.#deps;
    try {
      await log.publish(chunk.map(({ transition }) => transitionToMessage(transition)));
    } catch (error) {
      if (error instanceof MessageTooLargeError) return this.#publishApart(chunk, error);
      const failedMs = clock.now();
      for (const one of chunk) one.failedMs = failedMs;
      throw error;
    }
    const acknowledgedMs = clock.now();
    for (const one of chunk) {
      one.acknowledgedMs = acknowledgedMs;
      one.span?.end();
      onPublished(one.transition);
    }
  }

  /** One that is too large keeps no other from the log. It is decided again, and may be smaller then. */
  async #publishApart(chunk: readonly Waiting[], error: MessageTooLargeError): Promise<void> {
    const [first, ...others] = chunk;
    if (first && others.length === 0) {
      const { bot_id, rule, transition, sequence } = first.transition;
      const about = { err: error, bot_id, rule, transition, sequence };
      this.#deps.logger.error(about, 'a transition is too large for the log; it is left out');
      first.acknowledgedMs = this.#deps.clock.now();
      first.span?.fail('too large');
      first.span?.end();
      return;
    }
    for (const one of chunk) await this.#publish([one]);
  }

  /**
   * Lets go of decisions that the alert table has come past. As a rule it shows them; where the bot was
   * erased since, it shows nothing, and would be waited for for ever.
   * @param statesKnownToMs - what was on the log at that moment is in the alert table; null: not known
   */
  forgetKnown(statesKnownToMs: number | null): void {
    if (statesKnownToMs === null) return;
    for (const [key, { acknowledgedMs }] of this.#waiting) {
      if (acknowledgedMs !== null && acknowledgedMs < statesKnownToMs) this.#waiting.delete(key);
    }
  }

  /** Decisions about bots of others: those come to their own. */
  forgetUnless(isKept: (transition: AlertTransition) => boolean): void {
    for (const [key, { transition }] of this.#waiting) {
      if (!isKept(transition)) this.#waiting.delete(key);
    }
  }
}
