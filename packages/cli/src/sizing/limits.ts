/** Limits that more processes of the same kind do not raise, each with its used share. */
import { BOUNDS, BYTES_OF, CPU_US, IDLE_CORES } from './measured-costs.ts';
import { CLICKHOUSE_CORES, type Demand, type Size, sizeFor } from './size.ts';

export interface Limit {
  readonly name: string;
  /** Of what is possible; 1 and more: it does not fit. */
  readonly usedShare: number;
  /** At how much the limit is reached, everything else in proportion. */
  readonly reachedAt: number;
  /** Of what `reachedAt` is a number. */
  readonly unit: 'updates/s' | 'bots' | 'updates/s of one bot';
  /** The remedy when it is reached. */
  readonly remedy: string;
}

/** The nearest first. */
export function limitsOf(demand: Demand, size: Size): Limit[] {
  const { updatesPerSecond, bots } = demand;
  const byRate = (name: string, usedShare: number, remedy: string): Limit => ({
    name,
    usedShare,
    reachedAt: updatesPerSecond / usedShare,
    unit: 'updates/s',
    remedy,
  });
  const byBots = (name: string, usedShare: number, remedy: string): Limit => ({
    name,
    usedShare,
    reachedAt: bots / usedShare,
    unit: 'bots',
    remedy,
  });
  const freeHeap = BOUNDS.heapBytes.value - BOUNDS.baseHeapBytes.value;
  // Not rounded up, so that the limit is where the rate says.
  const aggregators =
    (size.eventsPerSecond * CPU_US.fold.value) /
    1e6 /
    (demand.busyShare - IDLE_CORES.aggregator.value);
  const eventsPerUpdate = size.eventsPerSecond / updatesPerSecond;
  const limits = [
    byRate(
      'CPU of one shard of ClickHouse',
      (size.eventsPerSecond * CPU_US.store.value) /
        1e6 /
        (CLICKHOUSE_CORES * demand.busyShare - IDLE_CORES.clickhouse.value),
      'larger servers, or several shards by bot',
    ),
    byRate(
      'disk of one shard of ClickHouse',
      size.disk.clickhouse / demand.replicas / BOUNDS.serverDisk.value,
      'larger disks, a shorter retention, or several shards by bot',
    ),
    byRate(
      // A flush has rows of many bots, and shards are by bot: each aggregator inserts into every shard.
      'inserts into every shard of ClickHouse',
      (aggregators * BOUNDS.insertsPerAggregator.value) / BOUNDS.insertsPerShard.value,
      'fewer aggregators on faster cores, larger and rarer flushes, or several Hookpulses by ranges of bots',
    ),
    byBots(
      'bots in the memory of every process',
      (bots * BYTES_OF.registeredBot.value) / freeHeap,
      'NODE_OPTIONS=--max-old-space-size, or several Hookpulses by ranges of bots',
    ),
    byBots(
      'start of a process, which reads every bot',
      (bots * BOUNDS.startSecondsPerBot.value) / BOUNDS.startSeconds.value,
      'longer start probes, or several Hookpulses by ranges of bots',
    ),
    byBots(
      'one answer about the whole fleet',
      (bots * CPU_US.fleetRow.value) / 1e6 / BOUNDS.answerSeconds.value,
      'ask for single bots, or several Hookpulses by ranges of bots',
    ),
  ];
  if (demand.largestBot !== null) limits.push(largestBotLimit(demand, eventsPerUpdate));
  return limits.toSorted((a, b) => b.usedShare - a.usedShare);
}

/**
 * Into how few Hookpulses, each with an equal range of the bots, everything fits: 1 when it does as it is.
 * Null: it does not, because one bot is too large or there are too few.
 */
export function partsThatFit(demand: Demand): number | null {
  const limits = limitsOf(demand, sizeFor(demand));
  const isFull = ({ usedShare }: Limit) => usedShare >= 1;
  if (limits.some((one) => one.unit === 'updates/s of one bot' && isFull(one))) return null;
  // All others are in proportion to the rate and the bots, which are split alike.
  const largest = Math.max(...limits.map(({ usedShare }) => usedShare));
  const parts = Math.floor(largest) + 1;
  return parts <= demand.bots ? parts : null;
}

/** A bot is in one partition, which one aggregator and one alerter read. */
function largestBotLimit({ busyShare, largestBot }: Demand, eventsPerUpdate: number): Limit {
  const usPerUpdate = eventsPerUpdate * Math.max(CPU_US.fold.value, CPU_US.watch.value);
  const reachedAt = (busyShare * 1e6) / usPerUpdate;
  return {
    name: 'the largest bot, which is in one partition',
    usedShare: (largestBot ?? 0) / reachedAt,
    reachedAt,
    unit: 'updates/s of one bot',
    remedy: 'faster cores: more partitions do not help one bot',
  };
}
