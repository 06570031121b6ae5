/** Messages that a topic did not take for their size, which a setting of the topic decides. */

/** So long after a refusal nobody has sent as much again, and it says nothing any more. */
const FORGOTTEN_AFTER_MS = 30_000;

export interface SizeRefusal {
  readonly topic: string;
  /** Of its largest message. */
  readonly bytes: number;
}

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
