/**
 * Delivers updates again: puts copies of them at the end of `telegram.updates`, marked with the id of the
 * replay. From there they go the way of every update, behind what waits for the bot: in order, with
 * attempts of their own, and nothing of it is lost by a kill. An answer comes when the copies are durable.
 */
import { randomUUID } from 'node:crypto';
import type { Replay, ReplayRequest } from '@hookpulse/api/updates';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { iso } from '@hookpulse/common/values/iso';
import { END_OF_STORABLE_TIME_MS, momentMs } from '@hookpulse/common/values/moment';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { valueByteLength } from '@hookpulse/event-log/limits';
import { replayHeaders } from '@hookpulse/event-log/record-headers';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { conflict } from '@hookpulse/service-kit/http/http-error';
import { invalidInput } from '@hookpulse/service-kit/http/invalid-input';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { failedUpdates } from '../queries/failed-updates.ts';
import { updateReceipts } from '../queries/update-receipts.ts';
import { type ReadUpdate, readUpdates, type UpdatesSpan } from './read-updates.ts';
import { replayCursorOf, replayPlaceOf } from './replay-cursor.ts';
import { AFTER_RECEIPT_MS, EARLIEST_MS, JUST_NOW_MS, updatesSpan } from './update-span.ts';

export interface ReplayDeps {
  readonly log: Pick<EventLog, 'publish' | 'follow' | 'offsetsAt' | 'partitionFor' | 'ranges'>;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
}

/** Copies of one request: they are held in memory until they are published. */
const MAX_COPIES = 1_000;
const MAX_COPIED_BYTES = 4 * 1024 * 1024;
const MAX_COPIES_PER_PUBLISH = 100;
const MAX_BYTES_PER_PUBLISH = 512 * 1024;
/** Of one replay that looks for failed updates. */
const MAX_FAILED = 10_000;

/** @throws HttpError 400, 409; LogUnavailableError; StoreError */
export async function replay(request: ReplayRequest, deps: ReplayDeps): Promise<Replay> {
  const { bot_id: botId, dry_run: isDryRun = false } = request;
  const place = givenPlace(request);
  const replayId = place?.replayId ?? randomUUID();
  const wanted = await wantedIds(request, deps);
  const span = place
    ? { ...place, botId, partition: await deps.log.partitionFor(UPDATES_TOPIC, botId) }
    : await spanOf(request, deps);
  const found: ReadUpdate[] = [];
  const seen = new Set<number>();
  let bytes = 0;
  let count = 0;
  let first: Replay['first'] = null;
  let last: Replay['last'] = null;
  const next =
    wanted?.size === 0
      ? span.to
      : await readUpdates(deps.log, span, (update) => {
          const { updateId, body, message } = update;
          if (wanted && (updateId === null || !wanted.has(updateId))) return true;
          // Telegram has delivered it twice.
          if (updateId !== null && seen.has(updateId)) return true;
          if (updateId !== null) seen.add(updateId);
          count += 1;
          last = { update_id: updateId, received_at: iso(message.timestampMs) };
          first ??= last;
          if (isDryRun) return true;
          found.push(update);
          bytes += body.length;
          return found.length < MAX_COPIES && bytes < MAX_COPIED_BYTES;
        });
  await publishCopies(found, replayId, deps.log);
  return {
    replay_id: replayId,
    bot_id: botId,
    dry_run: isDryRun,
    updates: count,
    first,
    last,
    next_cursor: next >= span.to ? null : replayCursorOf({ replayId, from: next, to: span.to }),
  };
}

function givenPlace({ cursor }: ReplayRequest) {
  if (cursor === undefined) return null;
  const place = replayPlaceOf(cursor);
  if (place) return place;
  const message = 'cursor must be the next_cursor of a previous answer';
  throw invalidInput('body', [{ field: 'cursor', message }]);
}

/** Null: all of the span. */
async function wantedIds(
  { bot_id: botId, from, update_ids: ids, only = 'all' }: ReplayRequest,
  { clickhouse }: ReplayDeps,
): Promise<ReadonlySet<number> | null> {
  const given = ids ? new Set(ids) : null;
  if (only === 'all') return given;
  const failed = await failedUpdates(clickhouse, {
    botId,
    fromMs: from === undefined ? 0 : storedMs(from),
    isDeadOnly: only === 'dead',
    limit: MAX_FAILED + 1,
  });
  if (given) return given.intersection(failed);
  if (failed.size <= MAX_FAILED) return failed;
  throw conflict(
    `More than ${MAX_FAILED.toLocaleString('en')} updates have failed in that time. Choose a later from.`,
  );
}

/** @throws HttpError 400 */
async function spanOf(request: ReplayRequest, deps: ReplayDeps): Promise<UpdatesSpan> {
  const { bot_id: botId, from, to, update_ids: ids } = request;
  const toMs = to === undefined ? null : storedMs(to);
  if (from === undefined) {
    if (ids) return spanOfUpdates(botId, ids, toMs, deps);
    return updatesSpan(deps.log, botId, 0, toMs);
  }
  const fromMs = storedMs(from);
  if (toMs !== null && fromMs >= toMs) {
    throw invalidInput('body', [{ field: 'from', message: 'from must be before to' }]);
  }
  return updatesSpan(deps.log, botId, fromMs, toMs);
}

/** Around the events that tell when they were received. */
async function spanOfUpdates(
  botId: string,
  ids: readonly number[],
  toMs: number | null,
  { log, clickhouse, clock }: ReplayDeps,
): Promise<UpdatesSpan> {
  const receipts = await updateReceipts(clickhouse, botId, ids);
  const times = [...receipts.values()];
  const starts = times.map((timeMs) => timeMs - EARLIEST_MS);
  const areAllKnown = ids.every((id) => receipts.has(id));
  if (!areAllKnown) starts.push(clock.now() - JUST_NOW_MS);
  const lastMs = toMs ?? (areAllKnown ? Math.max(...times) : null);
  const endMs = lastMs === null ? null : lastMs + AFTER_RECEIPT_MS;
  return updatesSpan(log, botId, Math.min(...starts), endMs);
}

/** Within what engines can be asked for: before and after it there is nothing. */
function storedMs(text: string): number {
  return Math.min(Math.max(momentMs(text), 0), END_OF_STORABLE_TIME_MS);
}

/** Each part is durable before the next one, so that they stay in order. */
async function publishCopies(
  updates: readonly ReadUpdate[],
  replayId: string,
  log: Pick<EventLog, 'publish'>,
): Promise<void> {
  let part: OutgoingMessage[] = [];
  let bytes = 0;
  for (const { message } of updates) {
    const { key, value, headers } = message;
    if (key === null) continue;
    const size = valueByteLength(value);
    if (part.length >= MAX_COPIES_PER_PUBLISH || bytes + size > MAX_BYTES_PER_PUBLISH) {
      if (part.length > 0) await log.publish(part);
      part = [];
      bytes = 0;
    }
    bytes += size;
    part.push({
      topic: UPDATES_TOPIC,
      key,
      value,
      headers: replayHeaders(headers, replayId),
    });
  }
  if (part.length > 0) await log.publish(part);
}
