/** The topics of the log in memory: partitions, their ends, and who waits for more. */
import { UnknownTopicError } from '../event-log.ts';
import { partitionForKey } from '../murmur2.ts';
import type { PartitionEnds } from './writer-protocol.ts';

/** One partition of one life of a topic: a recreated topic has new ones. */
export interface PartitionState {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  /** Offset that the next message will get; grows before a publish is acknowledged. */
  endOffset: number;
  /** Called whenever `endOffset` has grown. */
  readonly onGrown: Set<() => void>;
}

/** A partition as it is stored. */
export type StoredPartition = Pick<PartitionState, 'id' | 'topic' | 'partition' | 'endOffset'>;

export class TopicCatalog {
  readonly #topics = new Map<string, readonly PartitionState[]>();
  readonly #partitions = new Map<number, PartitionState>();
  readonly #changeListeners = new Set<() => void>();

  has(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** @throws UnknownTopicError */
  partitions(topic: string): readonly PartitionState[] {
    const partitions = this.#topics.get(topic);
    if (!partitions) throw new UnknownTopicError(`No topic is named ${topic}`);
    return partitions;
  }

  /** @throws UnknownTopicError */
  partitionForKey(topic: string, key: string): PartitionState {
    const partitions = this.partitions(topic);
    const partition = partitions[partitionForKey(key, partitions.length)];
    if (!partition) throw new UnknownTopicError(`The topic ${topic} has no partitions`);
    return partition;
  }

  /** Takes over what is stored, in order of topic and partition. */
  load(stored: readonly StoredPartition[]): void {
    const byTopic = Map.groupBy(stored, ({ topic }) => topic);
    this.#topics.clear();
    for (const [topic, partitions] of byTopic) {
      this.#topics.set(
        topic,
        partitions.map((partition) => this.#knownOrNew(partition)),
      );
    }
    this.#partitions.clear();
    for (const partitions of this.#topics.values()) {
      for (const partition of partitions) this.#partitions.set(partition.id, partition);
    }
    for (const listener of this.#changeListeners) listener();
  }

  /** From now on nobody can publish to the topic. */
  forget(topic: string): void {
    this.#topics.delete(topic);
  }

  advance({ partitionIds, endOffsets }: PartitionEnds): void {
    for (const [index, id] of partitionIds.entries()) {
      const partition = this.#partitions.get(id);
      const endOffset = endOffsets[index];
      if (!partition || endOffset === undefined || endOffset <= partition.endOffset) continue;
      partition.endOffset = endOffset;
      for (const wake of partition.onGrown) wake();
    }
  }

  /** @param listener - called when topics came or went. Answers how to stop listening. */
  onChange(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  #knownOrNew(stored: StoredPartition): PartitionState {
    return this.#partitions.get(stored.id) ?? { ...stored, onGrown: new Set() };
  }
}
