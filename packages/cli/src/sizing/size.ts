/**
 * How large a Hookpulse has to be for a demand: everything in proportion to the work, by the costs of
 * `measured-costs.ts`. The formulas are explained in docs/guides/scaling.md.
 */
import { BASE_MEMORY, BOUNDS, BYTES_OF, CPU_US, IDLE_CORES } from './measured-costs.ts';

export interface Demand {
  /** At the busiest time. An update is one delivery. */
  readonly updatesPerSecond: number;
  /** Over days: what disks are for. */
  readonly meanUpdatesPerSecond: number;
  readonly bots: number;
  /** Of raw events, days. */
  readonly retentionDays: number;
  /** Of the log, days. */
  readonly logRetentionDays: number;
  /** JSON of an update, bytes. */
  readonly updateBytes: number;
  /** Events that bots themselves report, of an update. */
  readonly reportsPerUpdate: number;
  /** Share of updates that the forwarder hands to the bot's own URL, and reports itself. */
  readonly forwardedShare: number;
  /** Of topics and of tables. */
  readonly replicas: number;
  /** Share of a core that is planned to be busy at the busiest time. */
  readonly busyShare: number;
  /** Updates a second of the largest bot; null: no bot is large. */
  readonly largestBot: number | null;
}

export type ServiceName = 'ingest' | 'forwarder' | 'aggregator' | 'alerter' | 'query-api';

export interface ServiceSize {
  readonly instances: number;
  /** Busy cores of all instances, at the busiest time. */
  readonly busyCores: number;
  /** Bytes of each instance. */
  readonly memory: number;
}

export interface EngineSize extends ServiceSize {
  /** Cores to give each instance. */
  readonly coresEach: number;
}

export interface Size {
  readonly eventsPerSecond: number;
  readonly messagesPerSecond: number;
  readonly services: Readonly<Record<ServiceName, ServiceSize>>;
  readonly brokers: EngineSize;
  /** Instances are shards times replicas. */
  readonly clickhouse: EngineSize & { readonly shards: number };
  /** Of `telegram.updates` and of `webhook.events`. */
  readonly partitions: number;
  /** Bytes a second, at the busiest time. */
  readonly network: {
    readonly deliveries: number;
    readonly intoKafka: number;
    readonly betweenBrokers: number;
    readonly outOfKafka: number;
    readonly intoClickHouse: number;
  };
  /** Bytes of all replicas. */
  readonly disk: {
    readonly kafka: number;
    readonly clickhouse: number;
    /** Hourly rows, which are kept for ever unless told otherwise, of a year. */
    readonly hoursPerYear: number;
  };
}

/** So that one may be down. */
const MIN_INSTANCES = 2;
/** A Node process uses one core. */
const PROCESS_CORES = 1;
/** Servers of this size are easy to have; more of them follow when it is not enough. */
const BROKER_CORES = 8;
export const CLICKHOUSE_CORES = 16;
/** Twice a second (`services/alerter/src/run.ts`). */
const JUDGEMENTS_PER_SECOND = 2;
/** People and monitors that look at the fleet. */
const FLEET_REQUESTS_PER_SECOND = 5;
/** Partitions an instance, so that a hand-over stays small. */
const PARTITIONS_PER_INSTANCE = 2;
/** Partitions come in multiples of this: Hookpulse creates 12 by default, and 12 has many divisors. */
const PARTITION_STEP = 12;
const REMEMBERED_SECONDS = 600;
const SLICE_SECONDS = 10;
/** The TTL of their table (`017_webhook_slices_a_day.sql`). */
export const SLICE_TTL_SECONDS = 27 * 3_600;
const DAY_SECONDS = 86_400;
/** Room in which ClickHouse merges parts, and room to be filled again after a loss. */
const DISK_HEADROOM = 2;
const HOURS_PER_YEAR = 24 * 365;

export function sizeFor(demand: Demand): Size {
  const flow = flowOf(demand);
  const services = servicesFor(demand, flow);
  const disk = disksFor(demand, flow);
  const { replicas, updatesPerSecond, updateBytes, forwardedShare } = demand;
  const peak = flow.bytesAt(updatesPerSecond);
  return {
    eventsPerSecond: flow.events,
    messagesPerSecond: flow.messages,
    services,
    brokers: brokersFor(demand, flow, disk.kafka),
    clickhouse: clickhouseFor(demand, flow, disk.clickhouse),
    partitions: partitionsFor(services),
    network: {
      deliveries: updatesPerSecond * (updateBytes + BYTES_OF.httpDelivery.value),
      intoKafka: peak.all,
      betweenBrokers: peak.all * (replicas - 1),
      // Aggregator and alerter read events; the forwarder reads every update.
      outOfKafka: 2 * peak.events + (forwardedShare > 0 ? peak.updates : 0),
      intoClickHouse: flow.events * BYTES_OF.insertedEvent.value,
    },
    disk,
  };
}

/** Bytes and records that updates take on the log. */
interface Flow {
  readonly eventsPerUpdate: number;
  /** A second, at the busiest time. */
  readonly events: number;
  readonly messages: number;
  /** Bytes a second on the log, once, at a rate of updates a second. */
  bytesAt(rate: number): {
    readonly updates: number;
    readonly events: number;
    readonly all: number;
  };
}

function flowOf(demand: Demand): Flow {
  const { updatesPerSecond, forwardedShare } = demand;
  const eventsPerUpdate = 1 + demand.reportsPerUpdate + forwardedShare;
  const events = updatesPerSecond * eventsPerUpdate;
  return {
    eventsPerUpdate,
    events,
    messages: updatesPerSecond * (1 + forwardedShare) + events,
    bytesAt(rate) {
      const ofUpdates = rate * (BYTES_OF.updateRecord.value + demand.updateBytes);
      const ofEvents = rate * eventsPerUpdate * BYTES_OF.eventRecord.value;
      const ofProgress = rate * forwardedShare * BYTES_OF.progressRecord.value;
      return { updates: ofUpdates, events: ofEvents, all: ofUpdates + ofEvents + ofProgress };
    },
  };
}

function servicesFor(demand: Demand, { events }: Flow): Record<ServiceName, ServiceSize> {
  const { updatesPerSecond: updates, bots, forwardedShare, reportsPerUpdate, busyShare } = demand;
  const registry = bots * BYTES_OF.registeredBot.value;
  const recent = events * REMEMBERED_SECONDS * BYTES_OF.recentEvent.value;
  /** @param shared - bytes that the instances have together */
  const service = (
    name: ServiceName,
    workCores: number,
    shared = 0,
    atLeast = MIN_INSTANCES,
  ): ServiceSize => {
    const needs = { workCores, coresEach: PROCESS_CORES, atLeast, busyShare };
    const { instances, busyCores } = spread(name, needs);
    const ofAllBots = name === 'aggregator' ? 0 : registry;
    const memory = BASE_MEMORY[name].value + ofAllBots + shared / instances;
    return { instances, busyCores, memory };
  };
  const reporting = reportsPerUpdate * CPU_US.report.value;
  const judging = bots * JUDGEMENTS_PER_SECOND * CPU_US.judge.value;
  // Each reads its part of the log again when it starts, and judges nobody before.
  const replaying =
    (events * BOUNDS.replayedSeconds.value) /
    (BOUNDS.replayedPerSecond.value * BOUNDS.blindSeconds.value);
  return {
    ingest: service('ingest', cores(updates * (CPU_US.delivery.value + reporting))),
    forwarder:
      forwardedShare === 0
        ? { instances: 0, busyCores: 0, memory: 0 }
        : service('forwarder', cores(updates * forwardedShare * CPU_US.forward.value)),
    aggregator: service(
      'aggregator',
      cores(events * CPU_US.fold.value),
      bots * BYTES_OF.foldedBot.value + recent,
    ),
    alerter: service(
      'alerter',
      cores(events * CPU_US.watch.value + judging),
      bots * BYTES_OF.watchedBot.value + recent,
      Math.max(MIN_INSTANCES, Math.ceil(replaying)),
    ),
    'query-api': service(
      'query-api',
      cores(FLEET_REQUESTS_PER_SECOND * bots * CPU_US.fleetRow.value),
    ),
  };
}

function disksFor(demand: Demand, flow: Flow): Size['disk'] {
  const { meanUpdatesPerSecond, bots, replicas } = demand;
  const { updates, events } = flow.bytesAt(meanUpdatesPerSecond);
  const keptEvents =
    meanUpdatesPerSecond * flow.eventsPerUpdate * demand.retentionDays * DAY_SECONDS;
  const stored =
    keptEvents * BYTES_OF.storedEvent.value + slices(demand) * BYTES_OF.storedSlice.value;
  return {
    kafka: (updates + events) * demand.logRetentionDays * DAY_SECONDS * replicas,
    clickhouse: stored * DISK_HEADROOM * replicas,
    hoursPerYear: bots * HOURS_PER_YEAR * BYTES_OF.storedHour.value * replicas,
  };
}

/** @param disk - bytes of all replicas */
function brokersFor(demand: Demand, flow: Flow, disk: number): EngineSize {
  const { replicas, busyShare } = demand;
  const written = flow.bytesAt(demand.updatesPerSecond).all * replicas;
  return engine('broker', {
    workCores: cores(flow.messages * CPU_US.message.value) * replicas,
    coresEach: BROKER_CORES,
    atLeast: Math.max(
      replicas,
      Math.ceil(disk / BOUNDS.serverDisk.value),
      Math.ceil(written / BOUNDS.brokerWrites.value),
    ),
    busyShare,
  });
}

/** @param disk - bytes of all replicas */
function clickhouseFor(
  { replicas, busyShare }: Demand,
  { events }: Flow,
  disk: number,
): Size['clickhouse'] {
  const oneReplica = engine('clickhouse', {
    workCores: cores(events * CPU_US.store.value),
    coresEach: CLICKHOUSE_CORES,
    atLeast: Math.max(1, Math.ceil(disk / replicas / BOUNDS.serverDisk.value)),
    busyShare,
  });
  return {
    ...oneReplica,
    shards: oneReplica.instances,
    instances: oneReplica.instances * replicas,
    busyCores: oneReplica.busyCores * replicas,
  };
}

function partitionsFor(services: Record<ServiceName, ServiceSize>): number {
  const groups = [services.forwarder, services.aggregator, services.alerter];
  const largest = Math.max(...groups.map(({ instances }) => instances));
  return Math.ceil((largest * PARTITIONS_PER_INSTANCE) / PARTITION_STEP) * PARTITION_STEP;
}

/** Rows of ten seconds that are kept: of each bot that had an update in them, were all equally busy. */
function slices({ bots, meanUpdatesPerSecond }: Demand): number {
  const expected = (meanUpdatesPerSecond * SLICE_SECONDS) / bots;
  return (bots * (1 - Math.exp(-expected)) * SLICE_TTL_SECONDS) / SLICE_SECONDS;
}

function cores(microsecondsPerSecond: number): number {
  return microsecondsPerSecond / 1e6;
}

interface Needs {
  readonly workCores: number;
  readonly coresEach: number;
  readonly atLeast: number;
  readonly busyShare: number;
}

/** As few instances as keep each below its planned share, what it needs when idle included. */
function spread(
  name: keyof typeof IDLE_CORES,
  { workCores, coresEach, atLeast, busyShare }: Needs,
): { instances: number; busyCores: number } {
  const idle = IDLE_CORES[name].value;
  const instances = Math.max(atLeast, Math.ceil(workCores / (coresEach * busyShare - idle)));
  return { instances, busyCores: workCores + instances * idle };
}

/** Small engines get fewer cores than the largest server that is planned with. */
function engine(name: 'broker' | 'clickhouse', needs: Needs): EngineSize {
  const { instances, busyCores } = spread(name, needs);
  const coresEach = Math.max(2, Math.ceil(busyCores / instances / needs.busyShare));
  return { instances, busyCores, memory: BASE_MEMORY[name].value, coresEach };
}
