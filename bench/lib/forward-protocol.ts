/** What the processes of the forwarding benchmark know of each other. */

/** How a bot answers: at once by 200, by 500, or never. */
export type BotManner = 'fine' | 'refusing' | 'hanging';

/** To the process of the bots. Each is answered by one report. */
export type BotsOrder =
  | { readonly kind: 'behave'; readonly bots: readonly number[]; readonly manner: BotManner }
  | { readonly kind: 'counts' }
  /** The arrivals since the last such order. */
  | { readonly kind: 'arrivals' };

export interface BotsCounts {
  /** Updates answered by 200, each counted once. */
  readonly taken: number;
  /** Answered by 200 more than once. */
  readonly repeated: number;
  /** Taken after a newer one of their chat. */
  readonly outOfOrder: number;
  /** The most requests that one bot had open at once. */
  readonly mostAtOnce: number;
}

/** When the first attempt of each update came, by `monotonicMs`. */
export interface Arrivals {
  readonly updateIds: readonly number[];
  readonly atMs: readonly number[];
}

export type BotsReport =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'done' }
  | ({ readonly kind: 'counts' } & BotsCounts)
  | ({ readonly kind: 'arrivals' } & Arrivals);

/**
 * To the process that posts by undici alone. `prepare` makes the bodies of so many updates; `post` posts
 * them, so many at once to each bot. Each is answered when it is done.
 */
export type PostsOrder =
  | { readonly kind: 'prepare'; readonly firstId: number; readonly count: number }
  | { readonly kind: 'post' };

/** Milliseconds of the machine's monotonic clock, the same in all of its processes. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
