/** What a clean-up has deleted, or would delete. */

import Type, { type Static } from 'typebox';
import { Count } from '../values/count.ts';

const Time = Type.String({ format: 'date-time' });

export const CleanupSchema = Type.Object({
  dry_run: Type.Boolean({ description: 'true: nothing was deleted' }),
  raw_events_before: Time,
  raw_events: Count,
  hourly_rows_before: Type.Union([Time, Type.Null()], { description: 'null: they are kept' }),
  hourly_rows: Count,
});
export type Cleanup = Static<typeof CleanupSchema>;
