/** What was erased of a bot. */
import Type, { type Static } from 'typebox';

const Count = Type.Integer({ minimum: 0 });

export const ErasedHistorySchema = Type.Object({
  bot_id: Type.String(),
  raw_events: Count,
  hourly_rows: Count,
  alerts: Count,
});
export type ErasedHistory = Static<typeof ErasedHistorySchema>;
