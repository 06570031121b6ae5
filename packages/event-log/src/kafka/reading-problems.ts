/** What the readers of a log cannot go on with, until a person or the log's retention removes it. */
import type { TopicPartition } from '../event-log.ts';
import type { UnreadableBatch } from './record-batches.ts';

export class ReadingProblems {
  readonly #problems = new Map<string, string>();

  /** @param reader - its group: several may read one partition */
  found(reader: string, place: TopicPartition, { offset, codec, reason }: UnreadableBatch): void {
    const { topic, partition } = place;
    this.#problems.set(
      keyOf(reader, place),
      `topic ${topic}, partition ${partition}, offset ${offset}, compression codec ${codec} (${reason})`,
    );
  }

  gone(reader: string, place: TopicPartition): void {
    this.#problems.delete(keyOf(reader, place));
  }

  /** Completes "the log …"; null: nothing is in the way. */
  describe(): string | null {
    if (this.#problems.size === 0) return null;
    const all = [...new Set(this.#problems.values())].join('; ');
    return `holds records that cannot be read, and later records wait: ${all}`;
  }
}

function keyOf(reader: string, { topic, partition }: TopicPartition): string {
  return `${reader}/${topic}/${partition}`;
}
