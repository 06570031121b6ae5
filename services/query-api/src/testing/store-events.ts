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
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { windowToRow } from '@hookpulse/store/window-row';

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
  const position = { ...FIRST_ORIGIN, ...origin };
  await client.insert({
    table: 'webhook_metrics',
    format: 'JSONEachRow',
    values: fold(events, HOUR_MS).map(({ botId, startMs, window }) => ({
      bot_id: botId,
      date: new Date(startMs).toISOString().slice(0, 10),
      hour: new Date(startMs).getUTCHours(),
      ...position,
      ...windowToRow(snapshotWindow(window)),
      p95_processing_time_ms: window.latency.percentile(0.95),
    })),
  });
  await client.insert({
    table: 'webhook_slices',
    format: 'JSONEachRow',
    values: fold(events, SLICE_MS).map(({ botId, startMs, window }) => ({
      start: startMs / 1_000,
      bot_id: botId,
      ...position,
      ...windowToRow(snapshotWindow(window)),
    })),
  });
}

interface BotWindow {
  readonly botId: string;
  readonly startMs: number;
  readonly window: Window;
}

function fold(events: readonly WebhookEvent[], sizeMs: number): BotWindow[] {
  const windows = new Map<string, BotWindow>();
  for (const event of events) {
    const timeMs = Date.parse(event.timestamp);
    const startMs = windowStart(timeMs, sizeMs);
    const key = `${event.bot_id} ${startMs}`;
    const entry = windows.get(key) ?? { botId: event.bot_id, startMs, window: emptyWindow() };
    addEvent(entry.window, event, timeMs);
    windows.set(key, entry);
  }
  return [...windows.values()];
}
