/** Back-pressure from partitions whose buffers are full to the fetching of kafkajs. */
import { setTimeout } from 'node:timers/promises';
import type { LogPosition, TopicPartition } from '../event-log.ts';
import type { PartitionDelivery } from './partition-delivery.ts';

/** What kafkajs is told about a partition; without effect while it is no member of its group. */
export interface Fetching {
  seek(position: LogPosition): void;
  pause(place: TopicPartition): void;
  resume(place: TopicPartition): void;
}

/**
 * How long a full partition holds back the fetching of all before it is left out of it: most
 * handlers are done by then, and fetching goes on without a break.
 */
const ROOM_WAIT_MS = 100;

export class FetchGate {
  readonly #fetching: Fetching;
  readonly #waiting = new Map<PartitionDelivery, () => void>();
  /** Partitions that are left out of fetching because they are full. */
  readonly #leftOut = new Set<PartitionDelivery>();

  constructor(fetching: Fetching) {
    this.#fetching = fetching;
  }

  /** Resolves soon: when there is room, or when the partition is left out of fetching. */
  async waitForRoom(delivery: PartitionDelivery): Promise<void> {
    if (!delivery.isFull) return;
    const room = Promise.withResolvers<void>();
    this.#waiting.set(delivery, room.resolve);
    const limit = new AbortController();
    const tooLong = setTimeout(ROOM_WAIT_MS, undefined, { signal: limit.signal });
    await Promise.race([room.promise, tooLong.catch(() => undefined)]);
    limit.abort();
    this.#waiting.delete(delivery);
    if (!delivery.isFull || delivery.isStopped) return;
    this.#leftOut.add(delivery);
    this.#fetching.pause(delivery.place);
  }

  /** The partition has room again. */
  open(delivery: PartitionDelivery): void {
    this.#waiting.get(delivery)?.();
    if (this.#leftOut.delete(delivery)) this.#fetching.resume(delivery.place);
  }

  /** The partition is no longer delivered. */
  forget(delivery: PartitionDelivery): void {
    this.#waiting.get(delivery)?.();
    this.#leftOut.delete(delivery);
  }
}
