/** Finds one update on the log: by the time at which its event says that it was received. */
import { iso } from '@hookpulse/common/values/iso';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { updateReceipts } from '../queries/update-receipts.ts';
import { type ReadUpdate, readUpdates, type UpdatesSpan } from './read-updates.ts';
import {
  AFTER_RECEIPT_MS,
  BEFORE_RECEIPT_MS,
  EARLIEST_MS,
  JUST_NOW_MS,
  updatesSpan,
} from './update-span.ts';

export interface FindUpdateDeps {
  readonly log: Pick<EventLog, 'follow' | 'offsetsAt' | 'partitionFor' | 'ranges'>;
  readonly clickhouse: ClickHouseClient;
}

export type FoundUpdate =
  | { readonly kind: 'found'; readonly update: ReadUpdate }
  /** A sentence for the caller. */
  | { readonly kind: 'missing'; readonly reason: string };

/** @throws LogUnavailableError, StoreError */
export async function findUpdate(
  { log, clickhouse }: FindUpdateDeps,
  botId: string,
  updateId: number,
  nowMs: number,
): Promise<FoundUpdate> {
  const receipts = await updateReceipts(clickhouse, botId, [updateId]);
  const receivedMs = receipts.get(updateId);
  if (receivedMs === undefined) {
    const span = await updatesSpan(log, botId, nowMs - JUST_NOW_MS, null);
    const update = await search(span);
    if (update) return { kind: 'found', update };
    const reason = `No event says that this bot has received the update ${updateId}, or it is past the retention.`;
    return { kind: 'missing', reason };
  }
  // Most stand right behind the time of their event.
  const likely = await updatesSpan(
    log,
    botId,
    receivedMs - BEFORE_RECEIPT_MS,
    receivedMs + AFTER_RECEIPT_MS,
  );
  const update = (await search(likely)) ?? (await search(await earlier(receivedMs)));
  if (update) return { kind: 'found', update };
  const ranges = await log.ranges(UPDATES_TOPIC);
  const start = ranges.find(({ partition }) => partition === likely.partition)?.startOffset ?? 0n;
  const reason =
    start > 0n && likely.from <= start
      ? `The update ${updateId} was received at ${iso(receivedMs)}. The log no longer has it: it is past the log's retention.`
      : `The update ${updateId} was received at ${iso(receivedMs)}, but it is not on the log near that time.`;
  return { kind: 'missing', reason };

  async function search(span: UpdatesSpan): Promise<ReadUpdate | null> {
    let found: ReadUpdate | null = null;
    await readUpdates(log, span, (one) => {
      if (one.updateId === updateId) found = one;
      return found === null;
    });
    return found;
  }

  /** Where the clock of ingest is ahead of the log's. */
  function earlier(receivedAtMs: number): Promise<UpdatesSpan> {
    const toMs = receivedAtMs - BEFORE_RECEIPT_MS;
    return updatesSpan(log, botId, receivedAtMs - EARLIEST_MS, toMs);
  }
}
