/** The messages between a benchmark and its load process (`http-load.ts`). */

/** To the load process: one round of deliveries to one bot. */
export interface HttpLoadOrder {
  /** Origin of the server, which is on this machine. */
  readonly url: string;
  readonly botId: string;
  readonly secret: string;
  readonly connections: number;
  readonly seconds: number;
  /** The updates of this round have the ids from here on; they are of ten digits. */
  readonly firstUpdateId: number;
  /** Null: each connection sends its next delivery when it has its answer. */
  readonly requestsPerSecond: number | null;
}

/** From the load process. */
export interface HttpLoadReport {
  /** From the first delivery to the last answer. */
  readonly seconds: number;
  readonly answers200: number;
  /** Answers of other kinds, and broken connections. */
  readonly failures: number;
  /** Of the first few of them. */
  readonly failureExamples: readonly string[];
  /** From when a delivery was sent, or at a given rate was due, to its whole answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the load process itself. */
  readonly cpuSeconds: number;
  /** Mean size of a body. */
  readonly bodyBytes: number;
}
