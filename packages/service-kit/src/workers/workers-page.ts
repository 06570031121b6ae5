/** The metrics page of all workers: asks each for its part, and adds the parts up. */
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import type { MetricsPart, MetricsSource } from '../metrics/metrics-page.ts';
import { MergedMetrics } from './merged-metrics.ts';

/** A worker asks its own sources for 3 s at most. */
const PART_LIMIT_MS = 4_000;

export class WorkersPage<Worker> {
  readonly #own: Pick<MetricsSource, 'part'>;
  readonly #running: ReadonlyMap<number, Worker>;
  readonly #ask: (worker: Worker) => void;
  readonly #merged = new MergedMetrics();
  /** Workers that are asked for their part. */
  readonly #asked = new Map<number, PromiseWithResolvers<void>>();
  #underWay: Promise<string> | null = null;

  /**
   * @param own - the supervisor's own metrics
   * @param running - by number
   * @param ask - has the worker send its part, which comes by `take`
   */
  constructor(
    own: Pick<MetricsSource, 'part'>,
    running: ReadonlyMap<number, Worker>,
    ask: (worker: Worker) => void,
  ) {
    this.#own = own;
    this.#running = running;
    this.#ask = ask;
  }

  take(number: number, part: MetricsPart): void {
    this.#merged.take(number, part);
    this.#asked.get(number)?.resolve();
  }

  /** The worker has ended. */
  end(number: number): void {
    this.#merged.end(number);
    this.#asked.get(number)?.resolve();
  }

  /** Made once for all who ask while it is made, so that no page is older than one before. */
  text(): Promise<string> {
    this.#underWay ??= this.#make().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #make(): Promise<string> {
    const fresh = new Set<number>();
    const parts = Array.from(this.#running, async ([number, worker]) => {
      const part = Promise.withResolvers<void>();
      this.#asked.set(number, part);
      this.#ask(worker);
      const { kind } = await settleWithin(PART_LIMIT_MS, () => part.promise);
      if (kind === 'done') fresh.add(number);
    });
    const own = await this.#own.part();
    await Promise.all(parts);
    return this.#merged.text(own, fresh);
  }
}
