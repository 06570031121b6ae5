/** The types of events are those of Hookpulse. The compiler is the test; `tsc` runs with the others. */
import type {
  WebhookEvent as KnownEvent,
  EventStatus as KnownStatus,
  EventType as KnownType,
} from '@hookpulse/common/events/webhook-event';
import { EVENT_FIELDS, INVALID_SIGNATURE as KNOWN } from '@hookpulse/common/events/webhook-event';
import type { ReportedEvent as TakenEvent } from '@hookpulse/ingest/domain/reported-event';
import { ReportedEventSchema } from '@hookpulse/ingest/domain/reported-event';
import { expect, test } from '@jest/globals';
import {
  type EventStatus,
  type EventType,
  INVALID_SIGNATURE,
  type ReportedEvent,
  type WebhookEvent,
} from '../../packages/sdk/src/event.ts';

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Writable<T> = { -readonly [K in keyof T]: T[K] };
/** Of what is sent, `bot_id` may be absent: the token says it. */
type Sent = Writable<ReportedEvent & { bot_id: string }>;

const TYPES_ARE_THE_SAME: [
  Same<EventType, KnownType>,
  Same<EventStatus, KnownStatus>,
  Same<Writable<WebhookEvent>, Omit<KnownEvent, 'reported_by'>>,
  Same<keyof ReportedEvent, keyof TakenEvent>,
  Sent extends TakenEvent ? true : never,
  TakenEvent extends Sent ? true : never,
] = [true, true, true, true, true, true];

test('no field is missing and none is too much', () => {
  expect(TYPES_ARE_THE_SAME).not.toContain(false);
  expect(INVALID_SIGNATURE).toBe(KNOWN);
  const sent: Record<keyof ReportedEvent, true> = {
    ...{ event_id: true, bot_id: true, event_type: true, status: true, timestamp: true },
    ...{ update_id: true, update_type: true, processing_time_ms: true, response_time_ms: true },
    ...{ error_type: true, error_message: true, ip_address: true, telegram_signature_valid: true },
  };
  expect(Object.keys(sent).toSorted()).toEqual(Object.keys(EVENT_FIELDS).toSorted());
  expect(Object.keys(sent).toSorted()).toEqual(
    Object.keys(ReportedEventSchema.properties).toSorted(),
  );
});
