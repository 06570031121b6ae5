/** Several reconciliations of consecutive spans as one. */
import type { ReconciledPartition, Reconciliation } from '@hookpulse/common/windows/reconciliation';

/** @param parts - newest first, at least one; offsets are the newest ones */
export function mergeReconciliations(parts: readonly Reconciliation[]): Reconciliation {
  const [newest] = parts;
  const oldest = parts.at(-1);
  if (!newest || !oldest) throw new RangeError('there is nothing to merge');
  return {
    ...newest,
    status: parts.every(({ status }) => status === 'agrees') ? 'agrees' : 'differs',
    from: oldest.from,
    partitions: mergePartitions(parts),
    differences: parts.toReversed().flatMap(({ differences }) => differences),
    differences_total: sum(parts, (part) => part.differences_total),
  };
}

/** A partition that the newest span does not know has only older rows. */
function mergePartitions(parts: readonly Reconciliation[]): ReconciledPartition[] {
  const byPartition = Map.groupBy(
    parts.flatMap(({ partitions }) => partitions),
    ({ partition }) => partition,
  );
  return [...byPartition.values()].map(mergeOne).sort((a, b) => a.partition - b.partition);
}

function mergeOne(parts: readonly ReconciledPartition[]): ReconciledPartition {
  const [newest] = parts;
  if (!newest) throw new RangeError('there is nothing to merge');
  const names = Object.keys(newest.sums);
  return {
    ...newest,
    raw_events: sum(parts, (part) => part.raw_events),
    raw_events_to_come: sum(parts, (part) => part.raw_events_to_come),
    windows: sum(parts, (part) => part.windows),
    differing_windows: sum(parts, (part) => part.differing_windows),
    sums: Object.fromEntries(
      names.map((name) => [
        name,
        {
          windows: sum(parts, (part) => part.sums[name]?.windows ?? 0),
          raw: sum(parts, (part) => part.sums[name]?.raw ?? 0),
        },
      ]),
    ),
  };
}

function sum<Part>(parts: readonly Part[], valueOfPart: (part: Part) => number): number {
  return parts.reduce((total, part) => total + valueOfPart(part), 0);
}
