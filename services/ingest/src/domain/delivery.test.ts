import { receivedEventId } from '@hookpulse/common/domain/event-identity';
import { webhookEventValidator } from '@hookpulse/common/domain/webhook-event';
import { describe, expect, test } from '@jest/globals';
import {
  type Delivery,
  receivedEvent,
  rejectedEvent,
  UPDATE_RECORD_END,
  updateRecordStart,
} from './delivery.ts';

const DELIVERY: Delivery = {
  botId: 'alpha',
  updateId: 77,
  updateType: 'message',
  receivedAtMs: Date.parse('2026-02-10T20:00:00.120Z'),
  receivedAt: '2026-02-10T20:00:00.120Z',
  ipAddress: '2001:db8::1',
};

describe('a delivery', () => {
  test('is recorded around its update', () => {
    expect(`${updateRecordStart(DELIVERY)}{"update_id":77}${UPDATE_RECORD_END}`).toBe(
      '{"bot_id":"alpha","received_at":"2026-02-10T20:00:00.120Z","update":{"update_id":77}}',
    );
  });

  test('makes a normalised event', () => {
    const event: unknown = JSON.parse(receivedEvent(DELIVERY));
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
    const event: unknown = JSON.parse(rejectedEvent(DELIVERY));
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidSignature',
      telegram_signature_valid: false,
    });
    expect(event).not.toMatchObject({ event_id: receivedEventId('alpha', 77) });
  });

  test('of which less is known has nulls', () => {
    const event: unknown = JSON.parse(
      receivedEvent({ ...DELIVERY, updateType: null, ipAddress: null }),
    );
    expect(webhookEventValidator.Check(event)).toBe(true);
    expect(event).toMatchObject({ update_type: null, ip_address: null });
  });
});
