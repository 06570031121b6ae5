/** Finds updates that are overdue, and not only because their reports were not read yet. */
import type { EventLog } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import type { OverdueUpdate } from './domain/processing-timeouts.ts';
import type { PartitionOwner } from './partition-owner.ts';

/** For a report that is on its way to the log. */
const GRACE_MS = 2_000;

export type JudgedPartition = Pick<
  PartitionOwner,
  'partition' | 'timeouts' | 'readUpTo' | 'logTimeMs'
>;

/** Something seems overdue in it. */
interface Suspect {
  readonly partition: JudgedPartition;
  readonly logTimeMs: number;
}

/** Where a partition ended when the log's clock showed this time, or later. */
interface KnownEnd {
  readonly logTimeMs: number;
  readonly offset: bigint;
}

/**
 * The log's clock tells what seems overdue, but the report may be on the log, unread: nothing is read
 * while the store is away, and after a restart the past is read again. So the clock is read first, then
 * the log is asked where the partition ends, and all below that end is read before anything is judged,
 * by that time. In silence it is read already. Under constant traffic it soon is, because only new
 * messages move the real end, not the one that was asked for.
 */
export class OverdueFinder {
  readonly #log: Pick<EventLog, 'ranges'>;
  /** Of partitions that are not judged by them yet. */
  readonly #ends = new WeakMap<JudgedPartition, KnownEnd>();

  constructor(log: Pick<EventLog, 'ranges'>) {
    this.#log = log;
  }

  /** @throws LogUnavailableError, UnknownTopicError */
  async find(partitions: Iterable<JudgedPartition>): Promise<OverdueUpdate[]> {
    const suspects: Suspect[] = [];
    for (const partition of partitions) {
      const logTimeMs = partition.logTimeMs();
      if (logTimeMs === null || overdueAt(partition, logTimeMs).length === 0) continue;
      suspects.push({ partition, logTimeMs });
    }
    await this.#askForEnds(suspects.filter(({ partition }) => !this.#ends.has(partition)));
    return suspects.flatMap(({ partition }) => this.#judge(partition));
  }

  async #askForEnds(suspects: readonly Suspect[]): Promise<void> {
    if (suspects.length === 0) return;
    const ranges = await this.#log.ranges(EVENTS_TOPIC);
    for (const { partition, logTimeMs } of suspects) {
      const range = ranges.find((one) => one.partition === partition.partition);
      if (range) this.#ends.set(partition, { logTimeMs, offset: range.endOffset });
    }
  }

  #judge(partition: JudgedPartition): OverdueUpdate[] {
    const end = this.#ends.get(partition);
    if (!end || partition.readUpTo < end.offset) return [];
    this.#ends.delete(partition);
    return overdueAt(partition, end.logTimeMs);
  }
}

function overdueAt({ timeouts }: JudgedPartition, logTimeMs: number): OverdueUpdate[] {
  return timeouts.overdue(logTimeMs - GRACE_MS);
}
