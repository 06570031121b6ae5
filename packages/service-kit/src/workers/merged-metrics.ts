/**
 * The metrics of several processes as those of one service. What only grows keeps growing when a process
 * ends: its last known counts stay in the sums.
 */
import { AggregatorRegistry, type Registry } from 'prom-client';
import type { MetricsPart } from '../metrics/metrics-page.ts';

/** Types of metrics that still count when a process has ended, or does not answer. */
const LASTING_TYPES = new Set(['counter', 'histogram']);

export class MergedMetrics {
  /** By worker. */
  readonly #newest = new Map<number, MetricsPart>();
  #ended: readonly MetricsPart[] = [];

  /** @param part - newer than any of this worker before */
  take(worker: number, part: MetricsPart): void {
    this.#newest.set(worker, part);
  }

  /** The process has ended; another may take its number. */
  end(worker: number): void {
    const last = this.#newest.get(worker);
    if (last) this.#ended = [...this.#ended, lasting(last)];
    this.#newest.delete(worker);
  }

  /**
   * Not to be called again before it has resolved.
   * @param own - of the process that supervises
   * @param fresh - workers whose newest part is of now; of all others only the counts are shown
   */
  async text(own: MetricsPart, fresh: ReadonlySet<number>): Promise<string> {
    const ended = this.#ended;
    const summed = await merged(ended).getMetricsAsJSON();
    this.#ended = [summed, ...this.#ended.slice(ended.length)];
    const running = Array.from(this.#newest, ([worker, part]) =>
      fresh.has(worker) ? part : lasting(part),
    );
    return merged([own, ...running, ...this.#ended]).metrics();
  }
}

function lasting(part: MetricsPart): MetricsPart {
  return part.filter(({ type }) => LASTING_TYPES.has(String(type)));
}

function merged(parts: readonly MetricsPart[]): Registry {
  return AggregatorRegistry.aggregate(parts.map((part) => part.map(withAggregator)));
}

/** Where prom-client's own way would hide what matters. */
function withAggregator(metric: MetricsPart[number]): MetricsPart[number] {
  const { name, aggregator } = metric;
  // The service's: the process that supervises is the oldest.
  if (name === 'process_start_time_seconds') return { ...metric, aggregator: 'min' };
  // One that is blocked must not vanish among idle ones.
  if (name.startsWith('nodejs_eventloop_lag') && aggregator === 'average') {
    return { ...metric, aggregator: 'max' };
  }
  return metric;
}
