/** Limits how often something is told: by kind, and in all. */

export interface BucketLimit {
  /** At once. */
  readonly burst: number;
  readonly perMinute: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

const MINUTE_MS = 60_000;
/** Kinds that are remembered; those told of longest ago are forgotten. */
const MAX_KINDS = 10_000;

export class TokenBuckets {
  readonly #perKind: BucketLimit;
  readonly #inAll: BucketLimit;
  readonly #kinds = new Map<string, Bucket>();
  #all: Bucket | undefined;

  constructor(perKind: BucketLimit, inAll: BucketLimit) {
    this.#perKind = perKind;
    this.#inAll = inAll;
  }

  /** @returns whether it may be told now; then it counts */
  take(kind: string, nowMs: number): boolean {
    const own = refilled(this.#kinds.get(kind), this.#perKind, nowMs);
    const all = refilled(this.#all, this.#inAll, nowMs);
    this.#all = all;
    this.#kinds.delete(kind);
    this.#kinds.set(kind, own);
    if (this.#kinds.size > MAX_KINDS) {
      const [oldest] = this.#kinds.keys();
      if (oldest !== undefined) this.#kinds.delete(oldest);
    }
    if (own.tokens < 1 || all.tokens < 1) return false;
    own.tokens -= 1;
    all.tokens -= 1;
    return true;
  }
}

function refilled(bucket: Bucket | undefined, limit: BucketLimit, nowMs: number): Bucket {
  if (!bucket) return { tokens: limit.burst, atMs: nowMs };
  const gained = ((nowMs - bucket.atMs) / MINUTE_MS) * limit.perMinute;
  return { tokens: Math.min(limit.burst, bucket.tokens + gained), atMs: nowMs };
}
