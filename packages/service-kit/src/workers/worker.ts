/** This process as one of several workers of a service. */
import cluster from 'node:cluster';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { settleWithin } from '@hookpulse/common/runtime/settle-within';
import { unavailable } from '../http/http-error.ts';
import type { MetricsPart, MetricsSource, SharedMetrics } from '../metrics/metrics-page.ts';
import type { Closable } from '../process/lifecycle.ts';
import {
  type FromSupervisor,
  type FromWorker,
  LEADS_VARIABLE,
  NUMBER_VARIABLE,
} from './worker-protocol.ts';

export interface Worker {
  /** From 1. */
  readonly number: number;
  /** Whether it keeps the port while it waits for its engines. */
  readonly leads: boolean;
  readonly metrics: SharedMetrics;
  /** Follows the supervisor. Closing it, as the last thing, leaves the counts with the supervisor. */
  follow(logger: Logger): Closable;
  /** For the one that leads, when it could do its work. Resolves when another one listens. */
  prepared(): Promise<void>;
  /** Tells the supervisor that it does its work. */
  ready(): void;
}

/** Above what the supervisor waits for other workers. */
const PAGE_LIMIT_MS = 6_000;

/** Null: the service is this process alone, or this one supervises. */
export function thisWorker(): Worker | null {
  const number = Number(process.env[NUMBER_VARIABLE]);
  if (!cluster.isWorker || !(number > 0)) return null;
  const metrics = new MetricsOfWorker();
  return {
    number,
    leads: process.env[LEADS_VARIABLE] === 'true',
    metrics,
    prepared,
    ready: () => void tell({ kind: 'ready' }),
    follow(logger) {
      // Node ends a worker as soon as its supervisor is gone, however that ended. No update is lost: ingest
      // answers 200 only after the log has acknowledged it.
      cluster.worker?.once('disconnect', () => logger.fatal('the supervisor is gone'));
      return { close: () => metrics.tellCounts() };
    },
  };
}

async function prepared(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const hear = ({ kind }: FromSupervisor): void => {
    if (kind === 'relieved') resolve();
  };
  process.on('message', hear);
  await tell({ kind: 'prepared' });
  await promise;
  process.off('message', hear);
}

class MetricsOfWorker implements SharedMetrics {
  #source: MetricsSource | null = null;
  #wanted: { readonly id: number; readonly page: PromiseWithResolvers<string> } | null = null;
  #lastId = 0;

  constructor() {
    process.on('message', (message: FromSupervisor) => {
      if (message.kind === 'part wanted') void this.#tell((source) => source.part());
      if (message.kind === 'page' && message.id === this.#wanted?.id) {
        this.#wanted.page.resolve(message.text);
      }
    });
  }

  share(source: MetricsSource): void {
    this.#source = source;
  }

  /** The last word of this process, when nothing else is open any more. */
  tellCounts(): Promise<void> {
    return this.#tell((source) => source.counted());
  }

  /** Never rejects: without it, the supervisor shows what it knows. */
  async #tell(read: (source: MetricsSource) => Promise<MetricsPart>): Promise<void> {
    const source = this.#source;
    if (source === null) return;
    const part = await settleWithin(PAGE_LIMIT_MS, () => read(source));
    if (part.kind === 'done') await tell({ kind: 'part', part: part.result });
  }

  /** One at a time, as `MetricsPage` asks. */
  async text(): Promise<string> {
    this.#lastId += 1;
    const wanted = { id: this.#lastId, page: Promise.withResolvers<string>() };
    this.#wanted = wanted;
    void tell({ kind: 'page wanted', id: wanted.id });
    const page = await settleWithin(PAGE_LIMIT_MS, () => wanted.page.promise);
    // What this process alone has counted is less than what was shown before.
    if (page.kind !== 'done') throw unavailable('The metrics of all workers are not available.');
    return page.result;
  }
}

/** Resolves when the message has left. Never rejects: Node ends a worker whose supervisor is gone. */
function tell(message: FromWorker): Promise<void> {
  return new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });
}
