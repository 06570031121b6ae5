/**
 * The text that Prometheus scrapes (https://prometheus.io/docs/instrumenting/exposition_formats/).
 * Values that live elsewhere are read for each scrape, within a time: a broker that is away must not
 * take the page with it, which is when it is needed most.
 */

import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import type { Registry } from 'prom-client';

/** A value that is asked for when somebody looks. */
export interface ScrapeSource<Value> {
  read(): Promise<Value> | Value;
  /** Puts the value into the metrics. */
  show(value: Value): void;
  /** It could not be read, or not in time. Showing nothing is better than something old. */
  clear(): void;
}

/** The metrics of one process, which another one adds up. */
export type MetricsPart = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** The metrics of this process. */
export interface MetricsSource {
  /** With what it reads now from elsewhere. */
  part(): Promise<MetricsPart>;
  /** Without: also after all else is closed. */
  counted(): Promise<MetricsPart>;
}

/** A page that several processes of a service have in common. */
export interface SharedMetrics {
  /** From now on this is the part of this process. */
  share(source: MetricsSource): void;
  /** The page of all of them. @throws HttpError 503 when it cannot be had in time */
  text(): Promise<string>;
}

/** Below the 10 s that Prometheus waits by default, above the 2 s of a readiness check. */
const DEFAULT_READ_LIMIT_MS = 3_000;

export class MetricsPage implements MetricsSource {
  readonly #registry: Registry;
  readonly #readLimitMs: number;
  readonly #shared: SharedMetrics | null;
  #underWay: Promise<string> | null = null;
  readonly #refreshers = new Map<string, () => Promise<void>>();

  /** @param shared - null: the service is one process */
  constructor(
    registry: Registry,
    readLimitMs = DEFAULT_READ_LIMIT_MS,
    shared: SharedMetrics | null = null,
  ) {
    this.#registry = registry;
    this.#readLimitMs = readLimitMs;
    this.#shared = shared;
    shared?.share(this);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** @param name - a source of the same name is replaced */
  addSource<Value>(name: string, source: ScrapeSource<Value>): void {
    this.#refreshers.set(name, async () => {
      const read = await settleWithin(this.#readLimitMs, () => source.read());
      if (read.kind === 'done') source.show(read.result);
      else source.clear();
    });
  }

  /** Made once for all who ask while it is made: it costs milliseconds, and may be open to all. */
  text(): Promise<string> {
    this.#underWay ??= this.#makeText().finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async part(): Promise<MetricsPart> {
    await this.#refresh();
    return this.counted();
  }

  counted(): Promise<MetricsPart> {
    return this.#registry.getMetricsAsJSON();
  }

  async #makeText(): Promise<string> {
    if (this.#shared !== null) return this.#shared.text();
    await this.#refresh();
    return this.#registry.metrics();
  }

  async #refresh(): Promise<void> {
    await Promise.all([...this.#refreshers.values()].map((refresh) => refresh()));
  }
}
