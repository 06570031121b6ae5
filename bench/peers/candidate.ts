/** A server that is measured in turn with others: Hookpulse's ingest, or an alternative to it. */

/** A program that a candidate needs beside Node. */
export type Need = 'go' | 'kafka' | 'npm' | 'python' | 'postgres';

export interface Candidate {
  /** As `--only` takes it. */
  readonly name: string;
  readonly title: string;
  /** `ceiling` keeps nothing: what no server on Fastify is faster than. */
  readonly role: 'hookpulse' | 'peer' | 'ceiling';
  readonly needs: readonly Need[];
  start(bench: BenchContext): Promise<RunningCandidate>;
}

/** Shared by all candidates of a run. */
export interface BenchContext {
  /** Holds the data of all; deleted afterwards. */
  readonly folder: string;
  /** The broker, once a candidate needs it. @throws MissingJavaError */
  kafka(): Promise<BenchKafka>;
  /** Where Hookpulse's candidates write CPU profiles when they end; null: they do not. */
  readonly profileFolder: string | null;
  /** Says what takes long before the first round. */
  note(text: string): void;
}

export interface BenchKafka {
  /** `host:port` */
  readonly address: string;
  readonly pid: number;
  createTopic(topic: string): Promise<void>;
  /** Registers the bot that is delivered to. */
  registerBot(): Promise<void>;
  /** Records on a topic. */
  countRecords(topic: string): Promise<number>;
}

export interface RunningCandidate {
  /** Origin. */
  readonly url: string;
  readonly botId: string;
  readonly secret: string;
  /** Of the server; its descendants are counted with it. */
  readonly pid: number;
  /** Of the broker or the database server, likewise; null: there is none. */
  readonly enginePid: number | null;
  /**
   * Resolves when it has finished what its answers left to do, so that the next candidate has the machine.
   * @param answers200 - of this candidate, up to now
   */
  settled?(answers200: number): Promise<void>;
  /** Stops it. Resolves with how many updates it has stored; null: it keeps none. */
  stop(): Promise<number | null>;
}
