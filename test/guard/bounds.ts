/**
 * What a piece of work may cost, counted without a clock: the one table of the guard. More than `atMost`
 * fails a test. A change that is meant to cost more raises its line in the same commit, and says there
 * what it buys.
 */

interface Bound {
  /** What the code cost when the line was last touched: the least and the most of several counts. */
  readonly seen: readonly [least: number, most: number];
  /**
   * Above the most by several times the spread, so that neither luck nor another version of Node fails a
   * test, and below what the regressions of `worsened.ts` cost.
   */
  readonly atMost: number;
}

/**
 * A delivery is a text message of about 500 bytes; a batch is 200 deliveries that come at once. Bytes on
 * the heap and system calls were counted on Node 22.23, 24.21 and 26.10.
 */
export const BOUNDS = {
  'messages on the log per delivery': { seen: [2, 2], atMost: 2 },
  // Keys, values and headers of both messages, without the body itself.
  'bytes on the log per delivery beyond its body': { seen: [826, 826], atMost: 840 },
  // One within the turn with the first 25 deliveries, one with all others.
  'publishes per batch': { seen: [2, 2], atMost: 4 },
  'SQLite transactions per batch': { seen: [2, 2], atMost: 4 },
  'SQLite statements per message': { seen: [1.035, 1.035], atMost: 1.1 },
  'Kafka requests per batch': { seen: [2, 2], atMost: 4 },
  'bytes sent to Kafka per delivery beyond its body': { seen: [861, 862], atMost: 885 },
  // Beyond those of a bare Fastify handler, without optimised code, which would hide some. On one version
  // of Node the spread is at most 21.
  'heap bytes per delivery': { seen: [7_970, 8_170], atMost: 8_800 },
  // One delivery after the other on one connection: `read` and `write` alone, as Linux counts them.
  'system calls per delivery, log in memory': { seen: [2, 2], atMost: 2.3 },
  'system calls per delivery, embedded log': { seen: [11.5, 11.51], atMost: 13 },
  'inserts per flush': { seen: [4, 4], atMost: 4 },
  'queries per answer: health of a bot': { seen: [4, 4], atMost: 4 },
  'queries per answer: health of the fleet': { seen: [1, 1], atMost: 1 },
  'queries per answer: health of the fleet with trends': { seen: [2, 2], atMost: 2 },
  'queries per answer: events': { seen: [3, 3], atMost: 3 },
  'queries per answer: events of a bot': { seen: [3, 3], atMost: 3 },
  'queries per answer: errors': { seen: [1, 1], atMost: 1 },
  'queries per answer: metrics of a bot': { seen: [4, 4], atMost: 4 },
} as const satisfies Readonly<Record<string, Bound>>;

export type BoundName = keyof typeof BOUNDS;

export type Counts = Readonly<Partial<Record<BoundName, number>>>;

/** One line for each count that is over its bound, or is no number. */
export function overBounds(counts: Counts): string[] {
  const bounds: Readonly<Record<string, Bound>> = BOUNDS;
  return Object.entries(counts).flatMap(([name, count]) => {
    const atMost = bounds[name]?.atMost ?? Number.NaN;
    return count <= atMost ? [] : [`${name}: ${count}, at most ${atMost}`];
  });
}
