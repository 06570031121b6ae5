/** Generated partitions of `webhook.events`, and the truth about them by the shortest possible code. */

import { EVENT_TYPES, type WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent, sampleEventId } from '@hookpulse/common/testing/sample-event';
import { type Counters, countEvent, emptyCounters } from '@hookpulse/common/windows/counters';
import { windowStart } from '@hookpulse/common/windows/window';
import type { LogMessage } from '@hookpulse/event-log/event-log';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import fc from 'fast-check';

export const LOG_START_MS = Date.parse('2026-02-10T19:58:00.000Z');
export const BOTS = ['alpha', 'beta', 'gamma'] as const;

interface Step {
  readonly bot: (typeof BOTS)[number];
  readonly type: (typeof EVENT_TYPES)[number];
  readonly failed: boolean;
  /** Log time since the message before. */
  readonly gapMs: number;
  /** How late the event is: log time minus event time. */
  readonly delayMs: number;
  readonly processingMs: number | null;
  /** Says again the event that stands so many messages before, where there is one. */
  readonly repeats: number | null;
}

const step: fc.Arbitrary<Step> = fc.record({
  bot: fc.constantFrom(...BOTS),
  type: fc.constantFrom(...EVENT_TYPES),
  failed: fc.boolean(),
  // A whole log stays within the ten minutes in which repetitions are remembered.
  gapMs: fc.nat(9_000),
  delayMs: fc.oneof(fc.nat(5_000), fc.nat(3 * 3_600_000)),
  processingMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
  repeats: fc.option(fc.nat(20), { freq: 4 }),
});

/** Messages in offset order, from offset 0; some say again what one shortly before has said. */
export const arbitraryMessages: fc.Arbitrary<LogMessage[]> = fc
  .array(step, { minLength: 1, maxLength: 60 })
  .map(toMessages);

function toMessages(steps: readonly Step[]): LogMessage[] {
  const events: WebhookEvent[] = [];
  let logTimeMs = LOG_START_MS;
  return steps.map((one, index) => {
    logTimeMs += one.gapMs;
    const repeated = one.repeats === null ? undefined : events[index - 1 - one.repeats];
    const event = repeated ?? toEvent(one, index, logTimeMs);
    events.push(event);
    return messageOf(event, BigInt(index), logTimeMs);
  });
}

/**
 * `count` received updates of one bot, a second apart; ids and log times start at `seed`.
 * @param delayMs - how late each is
 */
export function plainMessages(count: number, seed: number, delayMs = 0): LogMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const logTimeMs = LOG_START_MS + (seed + index) * 1_000;
    const event = toEvent(
      {
        bot: 'alpha',
        type: 'received',
        failed: false,
        gapMs: 0,
        delayMs,
        processingMs: null,
        repeats: null,
      },
      seed + index,
      logTimeMs,
    );
    return messageOf(event, BigInt(index), logTimeMs);
  });
}

function messageOf(event: WebhookEvent, offset: bigint, logTimeMs: number): LogMessage {
  return {
    topic: EVENTS_TOPIC,
    partition: 0,
    offset,
    timestampMs: logTimeMs,
    key: event.bot_id,
    value: Buffer.from(JSON.stringify(event)),
    headers: {},
  };
}

function toEvent(one: Step, index: number, logTimeMs: number): WebhookEvent {
  const failed = one.type === 'error' || (one.type === 'received' && one.failed);
  return sampleEvent({
    event_id: sampleEventId(index),
    bot_id: one.bot,
    event_type: one.type,
    ...(failed ? { status: 'failed', error_type: 'InvalidSignature' } : {}),
    timestamp: new Date(logTimeMs - one.delayMs).toISOString(),
    update_id: index,
    processing_time_ms: one.processingMs,
  });
}

/** The counters of a bot by window, over the distinct events. */
export function trueCounters(
  messages: readonly LogMessage[],
  botId: string,
  sizeMs: number,
): Map<number, Counters> {
  const seen = new Set<string>();
  const counters = new Map<number, Counters>();
  for (const message of messages) {
    const event = JSON.parse(Buffer.from(message.value ?? []).toString()) as WebhookEvent;
    if (event.bot_id !== botId || seen.has(event.event_id)) continue;
    seen.add(event.event_id);
    const start = windowStart(Date.parse(event.timestamp), sizeMs);
    const window = counters.get(start) ?? emptyCounters();
    countEvent(window, event);
    counters.set(start, window);
  }
  return counters;
}
