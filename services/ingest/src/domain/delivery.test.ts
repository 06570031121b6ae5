import { receivedEventId } from '@hookpulse/common/events/event-identity';
import { webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { describe, expect, test } from '@jest/globals';
import {
  type Delivery,
  forgedEvent,
  invalidUpdateEvent,
  receivedEvent,
  UPDATE_RECORD_END,
  updateRecordStart,
} from './delivery.ts';
import type { Update } from './update.ts';

const DELIVERY: Delivery = {
  botId: 'alpha',
  receivedAtMs: Date.parse('2026-02-10T20:00:00.120Z'),
  receivedAt: '2026-02-10T20:00:00.120Z',
  ipAddress: '2001:db8::1',
};
const UPDATE: Update = { updateId: 77, updateType: 'message' };

describe('a delivery', () => {
  test('is recorded around its update', () => {
    expect(`${updateRecordStart(DELIVERY)}{"update_id":77}${UPDATE_RECORD_END}`).toBe(
      '{"bot_id":"alpha","received_at":"2026-02-10T20:00:00.120Z","update":{"update_id":77}}',
    );
  });

  test('makes a normalised event', () => {
    const event: unknown = JSON.parse(receivedEvent(DELIVERY, UPDATE).text);
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toEqual({
      event_id: receivedEventId('alpha', 77),
      bot_id: 'alpha',
      event_type: 'received',
      status: 'success',
      timestamp: '2026-02-10T20:00:00.120Z',
      update_id: 77,
      update_type: 'message',
      processing_time_ms: null,
      response_time_ms: null,
      error_type: null,
      error_message: null,
      ip_address: '2001:db8::1',
      telegram_signature_valid: true,
    });
  });

  test('with a wrong secret makes a failed one with an id of its own', () => {
    const event: unknown = JSON.parse(forgedEvent(DELIVERY).text);
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidSignature',
      telegram_signature_valid: false,
      update_id: null,
      update_type: null,
    });
    expect(event).not.toMatchObject({ event_id: JSON.parse(forgedEvent(DELIVERY).text).event_id });
  });

  test('whose body is no update makes a failed one, the same each time the body comes', () => {
    const eventOf = (body: string, delivery = DELIVERY) =>
      JSON.parse(
        invalidUpdateEvent(delivery, Buffer.from(body), 'The body is not valid JSON.').text,
      );
    const event = eventOf('{');
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidUpdate',
      error_message: 'The body is not valid JSON.',
      telegram_signature_valid: true,
      update_id: null,
      update_type: null,
    });
    const later = { ...DELIVERY, receivedAtMs: 0, receivedAt: '1970-01-01T00:00:00.000Z' };
    expect(eventOf('{', later).event_id).toBe(event.event_id);
    expect(eventOf('{ ').event_id).not.toBe(event.event_id);
    expect(eventOf('{', { ...DELIVERY, botId: 'beta' }).event_id).not.toBe(event.event_id);
  });

  test('of which less is known has nulls', () => {
    const event: unknown = JSON.parse(
      receivedEvent({ ...DELIVERY, ipAddress: null }, { ...UPDATE, updateType: null }).text,
    );
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({ update_type: null, ip_address: null });
  });
});
