/** Follows the empty update that was sent through ingest, until the bot has answered it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Adoption } from '@hookpulse/api/adoption';
import { iso } from '@hookpulse/common/values/iso';
import Type, { type Static } from 'typebox';
import { type QueryApi, UnreachableError } from '../api/query-api.ts';

export type TestUpdateFate =
  | { readonly kind: 'processed' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'waiting' };

const EventsSchema = Type.Object({
  events: Type.Array(
    Type.Object({
      event_type: Type.String(),
      error_type: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

const PATIENCE_MS = 10_000;
const INTERVAL_MS = 300;
/** Clocks of this machine and of the server may differ. */
const SKEW_MS = 60_000;

/** Null: none was sent. @param sinceMs - it was sent after that */
export async function awaitTestUpdate(
  { bot_id, test_update_id: updateId }: Adoption,
  api: QueryApi,
  sinceMs: number,
): Promise<TestUpdateFate | null> {
  if (updateId === null) return null;
  const deadline = performance.now() + PATIENCE_MS;
  const query = { bot_id, update_id: String(updateId), from: iso(sinceMs - SKEW_MS) };
  for (;;) {
    // The bot is adopted, whatever keeps the store from answering now.
    const { events } = await api
      .get('/api/events', EventsSchema, query)
      .catch((error: unknown): Static<typeof EventsSchema> => {
        if (error instanceof UnreachableError) return { events: [] };
        throw error;
      });
    if (events.some(({ event_type }) => event_type === 'processed')) return { kind: 'processed' };
    const failure = events.find(({ event_type }) => event_type === 'error');
    if (failure) return { kind: 'failed', reason: failure.error_type ?? 'error' };
    if (performance.now() > deadline) return { kind: 'waiting' };
    await delay(INTERVAL_MS);
  }
}
