/**
 * The store in memory, for tests: it replaces rows by the same rules as the tables, and can be made
 * to crash between any two steps of a save.
 */

import type { LoggedEvent } from '@hookpulse/common/events/logged-event';
import { FORWARDER, TIMEOUT } from '@hookpulse/common/events/webhook-event';
import { addWindow, emptyWindow, type Window } from '@hookpulse/common/windows/window';
import { type StoredWindowRow, windowFromRow, windowToRow } from '@hookpulse/store/tables/windows';
import type { ChangedWindow, WindowKey, WindowState } from '../../domain/open-windows.ts';
import type { FoldPosition, PartitionChanges } from '../../domain/partition-fold.ts';
import type { AggregateStore, PartitionEpoch } from '../aggregate-store.ts';

interface StoredRow extends WindowKey, PartitionEpoch {
  readonly nextOffset: bigint;
  readonly row: StoredWindowRow;
}

/** Events, hours, slices, positions. */
const STEPS_OF_A_SAVE = 4;

export class MemoryAggregateStore implements AggregateStore {
  readonly events = new Map<string, LoggedEvent>();
  readonly #hours = new Map<string, StoredRow>();
  readonly #slices = new Map<string, StoredRow>();
  readonly #positions = new Map<string, FoldPosition>();

  async loadPositions(partitions: readonly number[]): Promise<FoldPosition[]> {
    return partitions.flatMap((partition) => {
      const own = [...this.#positions.values()].filter((one) => one.partition === partition);
      return own.toSorted((a, b) => b.epoch - a.epoch).slice(0, 1);
    });
  }

  async loadWindowsSince(owner: PartitionEpoch, sinceMs: { hours: number; slices: number }) {
    return {
      hours: select(this.#hours, owner, (key) => key.startMs >= sinceMs.hours),
      slices: select(this.#slices, owner, (key) => key.startMs >= sinceMs.slices),
    };
  }

  async loadWindows(
    owner: PartitionEpoch,
    keys: { hours: readonly WindowKey[]; slices: readonly WindowKey[] },
  ) {
    return {
      hours: select(this.#hours, owner, isOneOf(keys.hours)),
      slices: select(this.#slices, owner, isOneOf(keys.slices)),
    };
  }

  async loadReportingBots(_partition: number, beforeMs: number): Promise<string[]> {
    const reports = this.events
      .values()
      .filter(({ event }) => event.event_type === 'processed' || event.event_type === 'error')
      .filter(({ event }) => event.error_type !== TIMEOUT && event.reported_by !== FORWARDER)
      .filter(({ eventTimeMs }) => eventTimeMs < beforeMs);
    return [...new Set(reports.map(({ event }) => event.bot_id))];
  }

  async save(changes: readonly PartitionChanges[]): Promise<void> {
    this.saveUntil(changes, STEPS_OF_A_SAVE);
  }

  /** Does only the first steps of a save, as a process does that is killed in the middle of it. */
  saveUntil(changes: readonly PartitionChanges[], steps: number): void {
    for (const { position, events, hours, slices } of changes) {
      if (steps > 0) for (const logged of events) this.events.set(eventKey(logged), logged);
      if (steps > 1) for (const hour of hours) replace(this.#hours, position, hour);
      if (steps > 2) for (const slice of slices) replace(this.#slices, position, slice);
      if (steps > 3) this.#storePosition(position);
    }
  }

  /** A bot's hours over all partitions and epochs, by start. */
  hoursOf(botId: string): Map<number, Window> {
    return sumByStart(this.#hours, botId);
  }

  /** A bot's slices over all partitions and epochs, by start. */
  slicesOf(botId: string): Map<number, Window> {
    return sumByStart(this.#slices, botId);
  }

  #storePosition(position: FoldPosition): void {
    const key = `${position.partition}/${position.epoch}`;
    const stored = this.#positions.get(key);
    if (!stored || position.nextOffset >= stored.nextOffset) this.#positions.set(key, position);
  }
}

/** The sort key of `webhook_events`. */
function eventKey({ event }: LoggedEvent): string {
  return `${event.bot_id}/${event.timestamp}/${event.event_id}`;
}

/** What ReplacingMergeTree(next_offset) does: the highest version wins, of equal ones the last. */
function replace(
  table: Map<string, StoredRow>,
  position: FoldPosition,
  changed: ChangedWindow,
): void {
  const { partition, epoch, nextOffset } = position;
  const { botId, startMs, window } = changed;
  const key = `${botId}/${startMs}/${partition}/${epoch}`;
  const stored = table.get(key);
  if (stored && stored.nextOffset > nextOffset) return;
  const { last_event_at, ...columns } = windowToRow(window);
  const row = { ...columns, last_event_ms: Date.parse(last_event_at) };
  table.set(key, { botId, startMs, partition, epoch, nextOffset, row });
}

function select(
  table: Map<string, StoredRow>,
  owner: PartitionEpoch,
  wanted: (key: WindowKey) => boolean,
): WindowState[] {
  return [...table.values()]
    .filter((one) => one.partition === owner.partition && one.epoch === owner.epoch && wanted(one))
    .map(({ botId, startMs, nextOffset, row }) => ({
      botId,
      startMs,
      nextOffset,
      window: windowFromRow(row),
    }));
}

function isOneOf(keys: readonly WindowKey[]): (key: WindowKey) => boolean {
  const wanted = new Set(keys.map((key) => `${key.botId}/${key.startMs}`));
  return (key) => wanted.has(`${key.botId}/${key.startMs}`);
}

function sumByStart(table: Map<string, StoredRow>, botId: string): Map<number, Window> {
  const sums = new Map<number, Window>();
  for (const stored of table.values()) {
    if (stored.botId !== botId) continue;
    const sum = sums.get(stored.startMs) ?? emptyWindow();
    addWindow(sum, windowFromRow(stored.row));
    sums.set(stored.startMs, sum);
  }
  return sums;
}
