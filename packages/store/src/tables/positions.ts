/** How far the aggregator has come in each partition, and what its rows have in common. */
import { Count } from '@hookpulse/common/values/count';
import Type from 'typebox';
import { BigText, defineTable, digits, milliseconds, TimeText } from './table.ts';

/** A state that has seen everything of a partition, in one epoch of its topic, below an offset. */
export interface StatePosition {
  readonly partition: number;
  readonly epoch: number;
  readonly nextOffset: bigint;
}

/** Of every row that holds such a state. */
export const STATE_COLUMNS = { log_partition: Count, log_epoch: Count, next_offset: BigText };

export function stateColumns({ partition, epoch, nextOffset }: StatePosition) {
  return { log_partition: partition, log_epoch: epoch, next_offset: `${nextOffset}` };
}

export const POSITIONS = defineTable(
  'webhook_positions',
  { ...STATE_COLUMNS, last_log_time: TimeText, last_fingerprint: Type.String() },
  { next_offset: digits('next_offset'), last_log_time_ms: milliseconds('last_log_time') },
);
