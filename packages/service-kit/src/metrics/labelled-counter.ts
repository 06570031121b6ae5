/**
 * A counter with one label of which every value is known: all series are there from the start at 0, so
 * that a first increase is seen as one, and counting costs no look-up of labels.
 */
import { Counter, type Registry } from 'prom-client';

export interface LabelledCounterOptions<Value extends string> {
  readonly name: string;
  readonly help: string;
  readonly label: string;
  readonly values: readonly Value[];
}

export class LabelledCounter<Value extends string> {
  readonly #children = new Map<Value, Counter.Internal>();

  constructor(registry: Registry, options: LabelledCounterOptions<Value>) {
    const { name, help, label, values } = options;
    const counter = new Counter({ name, help, labelNames: [label], registers: [registry] });
    for (const value of values) {
      const child = counter.labels(value);
      child.inc(0);
      this.#children.set(value, child);
    }
  }

  /** Adds several at once. */
  addAll(numbers: Readonly<Record<Value, number>>): void {
    for (const [value, child] of this.#children) child.inc(numbers[value]);
  }

  inc(value: Value, by = 1): void {
    this.#children.get(value)?.inc(by);
  }
}
