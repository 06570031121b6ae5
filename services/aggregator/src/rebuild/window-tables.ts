/** Where each kind of window is stored, and how its start is written in SQL. */
import type { WindowKind } from './rebuild-store.ts';

export interface WindowTable {
  readonly name: string;
  /** Seconds since the epoch, UInt32. */
  readonly startSeconds: string;
  /** A condition on the sort key that spares reading other parts; takes `{from: UInt32}`, `{to: UInt32}`. */
  readonly pruning: string;
}

export const WINDOW_TABLES: Readonly<Record<WindowKind, WindowTable>> = {
  hours: {
    name: 'webhook_metrics',
    startSeconds: "toUInt32(toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600)",
    pruning:
      "date BETWEEN toDate(toDateTime({from: UInt32}, 'UTC')) AND toDate(toDateTime({to: UInt32}, 'UTC'))",
  },
  slices: {
    name: 'webhook_slices',
    startSeconds: 'toUInt32(toUnixTimestamp(start))',
    pruning: "start BETWEEN toDateTime({from: UInt32}, 'UTC') AND toDateTime({to: UInt32}, 'UTC')",
  },
};
