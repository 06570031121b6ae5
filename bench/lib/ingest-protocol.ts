/** What the processes of the ingest benchmark know of each other. */

export const BENCH_BOT_ID = 'bench-bot';
export const BENCH_SECRET = 'bench-secret-0123456789_0123456789';

export type ServerKind = 'bare' | 'ingest';

/** To a server: warmed up, so count CPU time from here; or stop. */
export type ServerOrder = 'measure' | 'stop';

/** From a server to its parent. */
export type ServerReport =
  | { readonly kind: 'listening'; readonly url: string }
  | {
      readonly kind: 'stopped';
      /** Messages found on the log after it was closed and opened again. */
      readonly updates: number;
      readonly events: number;
      /** Of all threads, from `measure` to `stop`. */
      readonly cpuSeconds: number;
      readonly mainThreadCpuSeconds: number;
    };

/** To the load process: one round. */
export interface LoadOrder {
  readonly url: string;
  readonly requests: number;
  readonly connections: number;
  /** The updates of this round have the ids from here on. */
  readonly firstUpdateId: number;
}

/** From the load process. */
export interface LoadReport {
  readonly seconds: number;
  readonly answers200: number;
  /** Answers of other kinds, and broken connections. */
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}
