/** Up to which moment the alert table is known: it holds what other alerters decided before. */

import type { PartitionRange } from '@hookpulse/event-log/event-log';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { wasSetBack } from '../domain/clock-trust.ts';

export class AlertsWatermark {
  readonly #alertStates: Pick<AlertStates, 'reached'>;
  #goal: { readonly ranges: readonly PartitionRange[]; readonly askedMs: number } | null = null;
  #knownToMs: number | null = null;

  constructor(alertStates: Pick<AlertStates, 'reached'>) {
    this.#alertStates = alertStates;
  }

  /** The log told the ends of the table's topics. @param askedMs - when it was asked, at the latest */
  told(ranges: readonly PartitionRange[], askedMs: number): void {
    const latestMs = this.#goal?.askedMs ?? this.#knownToMs;
    if (latestMs !== null && wasSetBack(latestMs, askedMs)) {
      this.#goal = null;
      this.#knownToMs = null;
    }
    this.#goal ??= { ranges, askedMs };
  }

  /** Milliseconds since the epoch; null: the ends were never reached. */
  knownToMs(): number | null {
    const goal = this.#goal;
    if (goal?.ranges.every((range) => this.#isReached(range))) {
      this.#knownToMs = goal.askedMs;
      this.#goal = null;
    }
    return this.#knownToMs;
  }

  #isReached({ topic, partition, startOffset, endOffset }: PartitionRange): boolean {
    return startOffset === endOffset || this.#alertStates.reached(topic, partition) >= endOffset;
  }
}
