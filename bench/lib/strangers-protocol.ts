/** What the processes of the benchmark of strangers know of each other. */

/** One for each kind of attack; what each does is in `strangers-load.ts`. */
export const ATTACKS = [
  'pipelined assets, never read',
  'connections that ask nothing',
  'wrong report tokens, 4,000 characters',
  'sign-ins without a token',
  'sign-ins of 1 MiB',
  'wrong tokens at the query API',
  'wrong tokens at /metrics of ingest',
  'wrong webhook secrets',
  'event ids made for one hash',
  'update ids made for one hash',
  'live streams of one read token',
  'health under a foreign name',
] as const;
export type Attack = (typeof ATTACKS)[number];

/** What the attacker knows. */
export interface StrangersOrder {
  readonly attack: Attack;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  readonly ingestUrl: string;
  readonly queryApiUrl: string;
  readonly botId: string;
  readonly readToken: string;
  /** Of another bot than the deliveries are for. */
  readonly reporter: { readonly botId: string; readonly reportToken: string };
}

export interface StrangersReport {
  readonly requests: number;
  /** How many answers of each status there were; `none` where the connection ended before. */
  readonly answers: Readonly<Record<string, number>>;
}
