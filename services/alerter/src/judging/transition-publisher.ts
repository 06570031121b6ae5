/**
 * Puts transitions on the log, and remembers each until the alert table shows it: nothing is decided on top
 * of a decision that is still on its way.
 */

import { type AlertTransition, alertKey } from '@hookpulse/common/alerts/alert';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { Span } from '@hookpulse/service-kit/telemetry/tracer';
import { transitionToMessage } from '@hookpulse/topic-tables/alerts/alert-messages';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';

interface Waiting {
  readonly transition: AlertTransition;
  readonly span: Span | null;
  /** Since when it is on the log, milliseconds since the epoch; null: not yet, as far as is known. */
  acknowledgedMs: number | null;
}

export interface TransitionPublisherDeps {
  readonly log: Pick<EventLog, 'publish'>;
  readonly alertStates: Pick<AlertStates, 'get'>;
  readonly clock: Clock;
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
    this.#waiting.set(alertKey(transition), { transition: traced, span, acknowledgedMs: null });
  }

  /**
   * Publishes what is not acknowledged yet. What failed is published again, the same, with the next
   * call: it may be on the log twice then, and is one transition by its number.
   * @throws LogUnavailableError
   */
  async flush(): Promise<void> {
    const open = [...this.#waiting].filter(
      ([key, { acknowledgedMs }]) => acknowledgedMs === null && this.isWaiting(key),
    );
    for (let from = 0; from < open.length; from += MAX_TRANSITIONS_PER_PUBLISH) {
      const chunk = open.slice(from, from + MAX_TRANSITIONS_PER_PUBLISH).map(([, one]) => one);
      await this.#deps.log.publish(chunk.map(({ transition }) => transitionToMessage(transition)));
      const acknowledgedMs = this.#deps.clock.now();
      for (const one of chunk) {
        one.acknowledgedMs = acknowledgedMs;
        one.span?.end();
        this.#deps.onPublished(one.transition);
      }
    }
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
