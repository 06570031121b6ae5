/** Events that wait to be sent, as JSON texts, within a bound on their memory. */

/** The last tenth is kept for outcomes: an update that is known as received must not seem unfinished. */
const SHARE_FOR_ANY = 0.9;
/** V8 stores a text of other characters than these with two bytes each. */
const WIDE = /[^\0-\xff]/;

export interface Batch {
  readonly body: string;
  readonly count: number;
}

export class EventQueue {
  readonly #maxBytes: number;
  #texts: string[] = [];
  /** Where the first one is: what is before it was taken. */
  #start = 0;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#texts.length - this.#start;
  }

  /** @returns whether there was room for it */
  add(text: string, isOutcome: boolean): boolean {
    const bytes = bytesOf(text);
    const limit = isOutcome ? this.#maxBytes : this.#maxBytes * SHARE_FOR_ANY;
    if (this.#bytes + bytes > limit) return false;
    this.#texts.push(text);
    this.#bytes += bytes;
    return true;
  }

  /** The oldest ones as one request's body. They stay until they are removed. */
  peek(maxCount: number, maxLength: number): Batch {
    let count = 0;
    let length = 2;
    for (let at = this.#start; at < this.#texts.length && count < maxCount; at += 1) {
      length += (this.#texts[at]?.length ?? 0) + 1;
      if (count > 0 && length > maxLength) break;
      count += 1;
    }
    const texts = this.#texts.slice(this.#start, this.#start + count);
    return { body: `[${texts.join(',')}]`, count };
  }

  /** Removes some of the oldest ones. @param indexes - places in the last batch */
  drop(indexes: readonly number[]): void {
    const dropped = new Set(indexes.map((index) => this.#start + index));
    this.#texts = this.#texts.filter((text, at) => {
      if (!dropped.has(at)) return true;
      this.#bytes -= bytesOf(text);
      return false;
    });
  }

  /** Removes the oldest ones. */
  remove(count: number): void {
    for (let at = this.#start; at < this.#start + count; at += 1) {
      this.#bytes -= bytesOf(this.#texts[at] ?? '');
      this.#texts[at] = '';
    }
    this.#start += count;
    if (this.#start * 2 < this.#texts.length) return;
    this.#texts = this.#texts.slice(this.#start);
    this.#start = 0;
  }
}

function bytesOf(text: string): number {
  return WIDE.test(text) ? text.length * 2 : text.length;
}
