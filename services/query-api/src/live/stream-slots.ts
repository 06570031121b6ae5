/** How many live streams there may be, and how many of them one reader may hold. */

export interface StreamLimits {
  readonly maxStreams: number;
  /** Of one token, the sessions that were made with it included. */
  readonly maxStreamsPerToken: number;
  readonly maxStreamsPerSession: number;
}

/** Who opens a stream. */
export interface StreamHolder {
  /** Names the token, also of a session. */
  readonly token: string;
  readonly sessionId: string | null;
}

export type StreamSlot =
  | { readonly kind: 'taken'; release(): void }
  /** This reader holds as many as one may. */
  | { readonly kind: 'too_many' }
  /** All together do. */
  | { readonly kind: 'full' };

export class StreamSlots {
  readonly #limits: StreamLimits;
  #taken = 0;
  readonly #byHolder = new Map<string, number>();

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  take({ token, sessionId }: StreamHolder): StreamSlot {
    const { maxStreams, maxStreamsPerToken, maxStreamsPerSession } = this.#limits;
    const bounds = new Map([[`token ${token}`, maxStreamsPerToken]]);
    if (sessionId !== null) bounds.set(`session ${sessionId}`, maxStreamsPerSession);
    for (const [key, max] of bounds) {
      if (this.#countOf(key) >= max) return { kind: 'too_many' };
    }
    if (this.#taken >= maxStreams) return { kind: 'full' };
    this.#add([...bounds.keys()], 1);
    let isReleased = false;
    return {
      kind: 'taken',
      release: () => {
        if (!isReleased) this.#add([...bounds.keys()], -1);
        isReleased = true;
      },
    };
  }

  #countOf(key: string): number {
    return this.#byHolder.get(key) ?? 0;
  }

  #add(keys: readonly string[], change: 1 | -1): void {
    this.#taken += change;
    for (const key of keys) {
      const count = this.#countOf(key) + change;
      if (count > 0) this.#byHolder.set(key, count);
      else this.#byHolder.delete(key);
    }
  }
}
