/** The span of each traced record from when it is read until its window is stored. */
import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { windowStart } from '@hookpulse/common/windows/window';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import {
  type Span,
  TRACEPARENT_HEADER,
  type Tracer,
} from '@hookpulse/service-kit/telemetry/tracer';
import type { PartitionChanges } from '../domain/partition-fold.ts';
import type { AggregateStore } from './aggregate-store.ts';

interface Pending {
  readonly offset: bigint;
  readonly span: Span;
  readonly logTimeMs: number;
}

/** More than are sampled while a store is away for long; later ones are not traced. */
const MAX_PENDING = 10_000;

export class StoreTraces {
  readonly #tracer: Tracer;
  readonly #pending = new Map<number, Pending[]>();
  #size = 0;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** @param messages - as read @param events - those of them that can be read, in the same order */
  read(partition: number, messages: readonly LogMessage[], events: readonly LoggedEvent[]): void {
    const traced = messages.filter(({ headers }) => headers[TRACEPARENT_HEADER] !== undefined);
    if (traced.length === 0) return;
    const byOffset = new Map(events.map((logged) => [logged.offset, logged]));
    for (const { offset, headers, timestampMs } of traced) {
      const logged = byOffset.get(offset);
      if (!logged || this.#size >= MAX_PENDING) continue;
      const span = this.#tracer.start({
        name: 'store window',
        kind: 'consumer',
        parent: headers[TRACEPARENT_HEADER] ?? null,
        startMs: timestampMs,
        attributes: {
          'messaging.destination.partition.id': String(partition),
          'messaging.kafka.offset': Number(offset),
          'hookpulse.bot_id': logged.event.bot_id,
          'hookpulse.event_id': logged.event.event_id,
          'hookpulse.event_type': logged.event.event_type,
          'hookpulse.window_start': iso(windowStart(logged.eventTimeMs, HOUR_MS)),
        },
      });
      if (!span) continue;
      const pending = this.#pending.get(partition) ?? [];
      pending.push({ offset, span, logTimeMs: logged.logTimeMs });
      this.#pending.set(partition, pending);
      this.#size += 1;
    }
  }

  /** The partition went to another member, who traces what is not stored. */
  forget(partition: number): void {
    this.#size -= this.#pending.get(partition)?.length ?? 0;
    this.#pending.delete(partition);
  }

  /** @returns the spans that ended, with the log times of their records */
  stored(changes: readonly PartitionChanges[]): readonly Omit<Pending, 'offset'>[] {
    return changes.flatMap(({ position: { partition, nextOffset } }) => {
      const pending = this.#pending.get(partition) ?? [];
      const ended = pending.filter(({ offset }) => offset < nextOffset);
      this.#pending.set(
        partition,
        pending.filter(({ offset }) => offset >= nextOffset),
      );
      this.#size -= ended.length;
      for (const { span } of ended) span.end();
      return ended;
    });
  }
}

/** @param onStored - told of each span that ended */
export function traceStore(
  store: AggregateStore,
  traces: StoreTraces,
  onStored: (span: Span, logTimeMs: number) => void,
): AggregateStore {
  return {
    loadPositions: (partitions) => store.loadPositions(partitions),
    loadWindowsSince: (owner, sinceMs) => store.loadWindowsSince(owner, sinceMs),
    loadWindows: (owner, keys) => store.loadWindows(owner, keys),
    loadReportingBots: (partition, beforeMs) => store.loadReportingBots(partition, beforeMs),
    async save(changes) {
      await store.save(changes);
      for (const { span, logTimeMs } of traces.stored(changes)) onStored(span, logTimeMs);
    },
  };
}
