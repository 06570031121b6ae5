/** What stands in the way of a log until a person, a setting or the log's retention removes it. */
import type { TopicPartition } from '../event-log.ts';
import type { UnreadableBatch } from './record-batches.ts';

/** So long after a refusal nobody has sent as much again, and it says nothing any more. */
const FORGOTTEN_AFTER_MS = 30_000;

/** What the readers of a log cannot go on with. */
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

export interface SizeRefusal {
  readonly topic: string;
  /** Of its largest message. */
  readonly bytes: number;
}

/** Messages that a topic did not take for their size, which a setting of the topic decides. */
export class SizeRefusals {
  /** By topic. */
  readonly #refusals = new Map<string, SizeRefusal & { readonly atMs: number }>();

  /** @param nowMs - by a clock that never goes back */
  found(refusal: SizeRefusal, nowMs: number): void {
    this.#refusals.set(refusal.topic, { ...refusal, atMs: nowMs });
  }

  /** Completes "the log …"; null: nothing was refused lately. */
  describe(nowMs: number): string | null {
    for (const [topic, { atMs }] of this.#refusals) {
      if (nowMs - atMs >= FORGOTTEN_AFTER_MS) this.#refusals.delete(topic);
    }
    if (this.#refusals.size === 0) return null;
    return `refuses messages for their size: ${[...this.#refusals.values()].map(inWords).join('; ')}`;
  }
}

export function inWords({ topic, bytes }: SizeRefusal): string {
  return `topic ${topic} does not take ${bytes} bytes; raise its max.message.bytes, or message.max.bytes of the brokers`;
}
