/**
 * A set of UUIDs in typed arrays: 16 bytes an entry at two thirds load, where a `Set` of strings
 * takes about a hundred. The aggregator remembers every event of ten minutes, a million and more.
 */

const WORDS = 4;
/** Most bots have a few events a minute. */
const INITIAL_SLOTS = 8;
/** Linear probing stays short up to here. */
const MAX_LOAD = 2 / 3;

export class UuidSet {
  #slots = INITIAL_SLOTS;
  #words = new Uint32Array(INITIAL_SLOTS * WORDS);
  #size = 0;
  /** The all-zero UUID marks an empty slot, so it is kept apart. */
  #hasNil = false;

  get size(): number {
    return this.#size + (this.#hasNil ? 1 : 0);
  }

  has(uuid: Uuid128): boolean {
    if (isNil(uuid)) return this.#hasNil;
    return this.#isTaken(this.#find(uuid));
  }

  add(uuid: Uuid128): void {
    if (isNil(uuid)) {
      this.#hasNil = true;
      return;
    }
    const at = this.#find(uuid);
    if (this.#isTaken(at)) return;
    this.#words.set(uuid, at);
    this.#size += 1;
    if (this.#size > this.#slots * MAX_LOAD) this.#grow();
  }

  /** Index of the UUID's first word, or of the empty slot where it belongs. */
  #find(uuid: Uuid128): number {
    const mask = this.#slots - 1;
    let slot = hashOf(uuid) & mask;
    for (;;) {
      const at = slot * WORDS;
      if (!this.#isTaken(at) || this.#equals(at, uuid)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #isTaken(at: number): boolean {
    const words = this.#words;
    return words[at] !== 0 || words[at + 1] !== 0 || words[at + 2] !== 0 || words[at + 3] !== 0;
  }

  #equals(at: number, uuid: Uuid128): boolean {
    const words = this.#words;
    return (
      words[at] === uuid[0] &&
      words[at + 1] === uuid[1] &&
      words[at + 2] === uuid[2] &&
      words[at + 3] === uuid[3]
    );
  }

  #grow(): void {
    const old = this.#words;
    this.#slots *= 2;
    this.#words = new Uint32Array(this.#slots * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const uuid: Uuid128 = [old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0, old[at + 3] ?? 0];
      if (!isNil(uuid)) this.#words.set(uuid, this.#find(uuid));
    }
  }
}

/** The 128 bits of a UUID as four unsigned 32-bit words, most significant first. */
export type Uuid128 = readonly [number, number, number, number];

/** @param text - a UUID in its canonical form of 36 characters, in any case */
export function parseUuid(text: string): Uuid128 {
  return [
    Number.parseInt(text.slice(0, 8), 16),
    Number.parseInt(text.slice(9, 13) + text.slice(14, 18), 16),
    Number.parseInt(text.slice(19, 23) + text.slice(24, 28), 16),
    Number.parseInt(text.slice(28, 36), 16),
  ];
}

/**
 * Ids of successive updates differ in their last bits alone, and as they are they would fill the table
 * in long runs. Multiplying by odd constants spreads them (Knuth, TAOCP 3, section 6.4).
 */
function hashOf(uuid: Uuid128): number {
  const mixed = Math.imul(uuid[3] ^ uuid[0], 0x9e3779b1) ^ Math.imul(uuid[2] ^ uuid[1], 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function isNil(uuid: Uuid128): boolean {
  return uuid[0] === 0 && uuid[1] === 0 && uuid[2] === 0 && uuid[3] === 0;
}
