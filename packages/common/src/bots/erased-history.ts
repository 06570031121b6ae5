/** What was erased of a bot, and what of it is left for a while. */

import Type, { type Static } from 'typebox';
import { Count } from '../values/count.ts';

export const ErasedHistorySchema = Type.Object({
  bot_id: Type.String(),
  raw_events: Count,
  hourly_rows: Count,
  alerts: Count,
  silences: Count,
  audit_entries: Type.Integer({
    minimum: 0,
    description: 'audit entries kept without names, texts and addresses',
  }),
  mails: Type.Integer({ minimum: 0, description: 'files of the outbox' }),
  remains: Type.Array(
    Type.Object({
      what: Type.String({
        examples: ['what was reported and delivered (webhook.events, telegram.updates)'],
      }),
      until: Type.String({ examples: ['2026-02-17T20:00:00.000Z at the latest'] }),
    }),
    { description: 'what can still be found, and until when' },
  ),
});
export type ErasedHistory = Static<typeof ErasedHistorySchema>;
