/**
 * What each step costs: the one table that sizes are calculated from. CPU was measured on 2 shared
 * virtual cores (AMD EPYC), everything on one machine; a core of yours may do more or less. When a
 * benchmark says something else, its line here follows (docs/guides/scaling.md says how).
 */

/** A figure and where it is from: a benchmark and its date, or the word `estimate`. */
export interface Cost {
  readonly value: number;
  readonly from: string;
}

const CAPACITY = 'bench/capacity.ts at 1,000 and 2,000 updates/s, 2026-11-23';
const PEERS = 'ingest on Kafka at its top rate, 2026-11-28';
const BYTES = 'bench/capacity.ts and the guard in test/guard, 2026-11-29';
const REGISTRY = '20,000 and 100,000 bots in the registry of one process, 2026-11-29';

/** CPU, microseconds. */
export const CPU_US = {
  /** Ingest, of a delivery: from its first byte to the log's acknowledgement. */
  delivery: { value: 49, from: PEERS },
  /** Ingest, of an event that a bot reports together with others. */
  report: { value: 16, from: CAPACITY },
  /** Aggregator, of an event: read, counted, sent to the store. */
  fold: { value: 15, from: CAPACITY },
  /** Alerter, of an event. */
  watch: { value: 23, from: CAPACITY },
  /** Alerter, of an enabled bot, each time it is judged. */
  judge: { value: 1.5, from: 'bench/alerter.ts, 10,000 bots, 2026-11-23' },
  /** Forwarder, of an update: as much as ingest took of the same core in the same run. */
  forward: { value: 110, from: 'bench/forwarder.ts, hand-over on Kafka, 2026-11-29' },
  /** Broker, of a message on each replica. */
  message: { value: 10, from: CAPACITY },
  /** ClickHouse, of an event on each replica: three tables, merges included. */
  store: { value: 15, from: CAPACITY },
  /** Query API and ClickHouse, of a bot in an answer about the fleet. */
  fleetRow: { value: 8, from: 'bench/health.ts, 1,000 bots, 2026-11-23' },
} as const satisfies Readonly<Record<string, Cost>>;

/**
 * Cores that a process needs however little it does: it wakes up, flushes, and makes small batches. The
 * difference between the two rates of `bench/capacity.ts`.
 */
export const IDLE_CORES = {
  ingest: { value: 0.045, from: CAPACITY },
  aggregator: { value: 0.06, from: CAPACITY },
  alerter: { value: 0.001, from: CAPACITY },
  forwarder: { value: 0.045, from: 'estimate: as ingest' },
  'query-api': { value: 0.001, from: CAPACITY },
  broker: { value: 0.08, from: CAPACITY },
  clickhouse: { value: 0.14, from: CAPACITY },
} as const satisfies Readonly<Record<string, Cost>>;

/** Bytes. */
export const BYTES_OF = {
  /** On `telegram.updates`, of an update, beyond the update itself: key, headers, record. */
  updateRecord: { value: 361, from: BYTES },
  /** On `webhook.events`, of an event. */
  eventRecord: { value: 500, from: BYTES },
  /** On `telegram.forwarding`, of an update that was forwarded; the topic is compacted. */
  progressRecord: { value: 200, from: 'estimate' },
  /** Around the body of a delivery: HTTP headers of request and answer, TCP, TLS. */
  httpDelivery: { value: 700, from: 'estimate' },
  /** Sent to ClickHouse, of an event: zstd makes a fifth of it. */
  insertedEvent: { value: 100, from: 'packages/store/src/open-client.ts' },
  /** Stored by ClickHouse, of an event, merged, in both of its tables. */
  storedEvent: { value: 77, from: 'bench/events-explorer.ts, 10,000,000 events, 2026-11-23' },
  /** Stored, of an hour of a bot. */
  storedHour: { value: 600, from: 'estimate' },
  /** Stored for 27 hours, of ten seconds of a bot. */
  storedSlice: { value: 100, from: 'estimate' },
  /** In each process on V8's heap, of a bot in the registry. */
  registeredBot: { value: 615, from: REGISTRY },
  /** In an aggregator, of a bot of its partitions: its open hour and slices. */
  foldedBot: { value: 1_024, from: 'bench/memory.ts (now growth.ts), 2026-11-23' },
  /** In an alerter, of a bot of its partitions. */
  watchedBot: { value: 11 * 1_024, from: 'bench/alerter.ts, 10,000 bots, 2026-11-23' },
  /** In aggregator and alerter, of an event of the last ten minutes. */
  recentEvent: { value: 100, from: 'bench/alerter.ts, a million events, 2026-11-23' },
} as const satisfies Readonly<Record<string, Cost>>;

const MIB = 2 ** 20;
const RESIDENT = 'resident in bench/capacity.ts, 1,000 bots, 2026-11-29';

/** Bytes that a process has before its first bot. */
export const BASE_MEMORY = {
  ingest: { value: 200 * MIB, from: RESIDENT },
  aggregator: { value: 200 * MIB, from: RESIDENT },
  alerter: { value: 150 * MIB, from: RESIDENT },
  forwarder: { value: 200 * MIB, from: 'estimate: as ingest' },
  'query-api': { value: 190 * MIB, from: RESIDENT },
  broker: { value: 4_096 * MIB, from: 'estimate: 1 GiB of heap, and page cache' },
  clickhouse: {
    value: 16_384 * MIB,
    from: "estimate: ClickHouse's recommendation for small servers",
  },
} as const satisfies Readonly<Record<string, Cost>>;

/** Limits of one process or server, however many there are. */
export const BOUNDS = {
  /** V8's old generation of a service, bytes (`scripts/launch.mjs`). */
  heapBytes: { value: 512 * MIB, from: 'scripts/launch.mjs' },
  /** Of these, what a process has without bots. */
  baseHeapBytes: { value: 80 * MIB, from: 'estimate' },
  /** Longest wait for an answer of the store, seconds. */
  answerSeconds: { value: 5, from: 'packages/store/src/select-rows.ts' },
  /** Reading a bot from the log when a process starts, seconds. */
  startSecondsPerBot: { value: 0.000_066, from: REGISTRY },
  /** Longest start that is accepted, seconds. */
  startSeconds: { value: 30, from: 'goal' },
  /** Inserts a second that one shard of ClickHouse takes. */
  insertsPerShard: { value: 80, from: "estimate: ten aggregators' inserts" },
  /** Inserts a second of one aggregator on a slow store, at least: four tables, twice a second. */
  insertsPerAggregator: { value: 8, from: 'services/aggregator/src/flusher.ts' },
  /** Disk of a broker or a server of ClickHouse, bytes. */
  serverDisk: { value: 20e12, from: 'estimate' },
  /** Write rate of a broker's disk, bytes a second. */
  brokerWrites: { value: 300e6, from: 'estimate' },
  /** Events a second that an alerter reads when it starts. */
  replayedPerSecond: { value: 100_000, from: 'bench/alerter.ts, 2026-11-23' },
  /** Log that it reads then: the window and what it remembers, seconds. */
  replayedSeconds: { value: 1_500, from: 'docs/guides/alerts.md' },
  /** Longest time without judgement after a start that is accepted, seconds. */
  blindSeconds: { value: 300, from: 'goal' },
} as const satisfies Readonly<Record<string, Cost>>;
