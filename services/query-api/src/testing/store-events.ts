/** Stores events as the aggregator would: folded into windows, one row for each. */

import { newEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import {
  addEvent,
  emptyWindow,
  SLICE_MS,
  snapshotWindow,
  type Window,
  windowStart,
} from '@hookpulse/common/windows/window';
import { insertRows } from '@hookpulse/store/insert-rows';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { type BotWindow, HOURS, hourRow, SLICES, sliceRow } from '@hookpulse/store/tables/windows';

/** Where on the log the events came from. */
export interface Origin {
  readonly log_partition: number;
  readonly log_epoch: number;
  readonly next_offset: number;
}

const FIRST_ORIGIN: Origin = { log_partition: 0, log_epoch: 0, next_offset: 1 };

/** A normalised event; everything that is not given is null, and the bot is `a`. */
export function testEvent(timestamp: string, changes: Partial<WebhookEvent> = {}): WebhookEvent {
  return sampleEvent({
    event_id: newEventId(Date.parse(timestamp)),
    bot_id: 'a',
    timestamp: new Date(timestamp).toISOString(),
    update_id: null,
    update_type: null,
    telegram_signature_valid: null,
    ...changes,
  });
}

/** Stores the whole state of the windows that these events, and no others, have fed. */
export async function storeEvents(
  client: ClickHouseClient,
  events: readonly WebhookEvent[],
  origin: Partial<Origin> = {},
): Promise<void> {
  const { log_partition, log_epoch, next_offset } = { ...FIRST_ORIGIN, ...origin };
  const position = {
    partition: log_partition,
    epoch: log_epoch,
    nextOffset: BigInt(next_offset),
  };
  const hours = fold(events, HOUR_MS).map((window) => hourRow(window, position));
  await insertRows(client, HOURS, hours);
  const slices = fold(events, SLICE_MS).map((window) => sliceRow(window, position));
  await insertRows(client, SLICES, slices);
}

function fold(events: readonly WebhookEvent[], sizeMs: number): BotWindow[] {
  const windows = new Map<string, Omit<BotWindow, 'window'> & { readonly window: Window }>();
  for (const event of events) {
    const timeMs = Date.parse(event.timestamp);
    const startMs = windowStart(timeMs, sizeMs);
    const key = `${event.bot_id} ${startMs}`;
    const entry = windows.get(key) ?? { botId: event.bot_id, startMs, window: emptyWindow() };
    addEvent(entry.window, event, timeMs);
    windows.set(key, entry);
  }
  return [...windows.values()].map((entry) => ({
    ...entry,
    window: snapshotWindow(entry.window),
  }));
}
