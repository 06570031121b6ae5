import { EVENT_TYPES, webhookEventValidator } from '@hookpulse/common/events/webhook-event';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { describe, expect, test } from '@jest/globals';
import { normaliseReportedEvent } from './reported-event.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00.000Z');
const RULES = { nowMs: NOW_MS, retentionMs: 7 * DAY_MS };
const LEAST = { bot_id: 'alpha', event_type: 'processed' };

function eventOf(value: unknown) {
  const normalised = normaliseReportedEvent(value, RULES);
  if (normalised.kind === 'bad') throw new Error(normalised.message);
  expect(webhookEventValidator.Check(normalised.event)).toBe(true);
  return normalised.event;
}

function messageOf(value: unknown): string | null {
  const normalised = normaliseReportedEvent(value, RULES);
  return normalised.kind === 'bad' ? normalised.message : null;
}

function at(offsetMs: number): string {
  return new Date(NOW_MS + offsetMs).toISOString();
}

describe('a reported event', () => {
  test('needs no more than its bot and type', () => {
    const event = eventOf(LEAST);
    expect(event).toEqual({
      event_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      bot_id: 'alpha',
      event_type: 'processed',
      status: 'success',
      timestamp: '2026-02-10T20:00:00.000Z',
      update_id: null,
      update_type: null,
      processing_time_ms: null,
      response_time_ms: null,
      error_type: null,
      error_message: null,
      ip_address: null,
      telegram_signature_valid: null,
    });
    expect(eventOf(LEAST).event_id).not.toBe(event.event_id);
  });

  test.each([
    ['received', 'success'],
    ['processed', 'success'],
    ['error', 'failed'],
    ['response_sent', 'success'],
    ['retry', 'pending'],
  ])('of type %s has the status %s by default', (event_type, status) => {
    expect(eventOf({ bot_id: 'alpha', event_type, update_id: 1 }).status).toBe(status);
  });

  test.each(
    EVENT_TYPES.flatMap((event_type) =>
      ['success', 'failed', 'pending'].map((status) => [event_type, status]),
    ),
  )('of type %s may have the status %s, but for two pairs', (event_type, status) => {
    const message = messageOf({ bot_id: 'alpha', event_type, status, update_id: 1 });
    const refused = ['processed failed', 'error success'].includes(`${event_type} ${status}`);
    if (refused)
      expect(message).toMatch(
        /^status must not be (failed for a processed|success for an error) event/,
      );
    else expect(message).toBe(null);
  });

  test('keeps every field it has', () => {
    const full = {
      event_id: '2c5ea4c0-4067-11e9-8bad-9b1deb4d3b7d',
      bot_id: 'alpha',
      event_type: 'error',
      status: 'pending',
      timestamp: '2026-02-10T19:00:00.001Z',
      update_id: -3,
      update_type: 'message',
      processing_time_ms: 0,
      response_time_ms: 1e9,
      error_type: 'Timeout',
      error_message: 'it took too long',
      ip_address: '2001:db8::1',
      telegram_signature_valid: false,
    };
    expect(eventOf(full)).toEqual(full);
  });

  test('may say null where nothing is known', () => {
    const fields = {
      update_id: null,
      update_type: null,
      processing_time_ms: null,
      response_time_ms: null,
      error_type: null,
      error_message: null,
      ip_address: null,
      telegram_signature_valid: null,
    };
    expect(eventOf({ ...LEAST, ...fields })).toMatchObject(fields);
  });

  test.each([
    ['203.0.113.7:51008', '203.0.113.7'],
    ['[2001:DB8::1]:443', '2001:db8::1'],
    ['::FFFF:203.0.113.7', '203.0.113.7'],
  ])('has the address %s as %s', (ip_address, expected) => {
    expect(eventOf({ ...LEAST, ip_address }).ip_address).toBe(expected);
  });

  test('has its id in lower case', () => {
    const id = 'ABCDEF00-0000-4000-8000-00000000ABCD';
    expect(eventOf({ ...LEAST, event_id: id }).event_id).toBe(id.toLowerCase());
  });

  test('may be as late as the retention and five minutes ahead, and no more', () => {
    expect(eventOf({ ...LEAST, timestamp: at(-7 * DAY_MS) }).timestamp).toBe(at(-7 * DAY_MS));
    expect(eventOf({ ...LEAST, timestamp: at(300_000) }).timestamp).toBe(at(300_000));
    expect(messageOf({ ...LEAST, timestamp: at(-7 * DAY_MS - 1) })).toBe(
      'timestamp is older than the retention',
    );
    expect(messageOf({ ...LEAST, timestamp: at(300_001) })).toBe(
      'timestamp is more than 5 minutes in the future',
    );
  });

  test.each([
    ['\ud83d', '\uFFFD'],
    ['half \ude00 of it', 'half \uFFFD of it'],
    ['a\0b', 'a\uFFFDb'],
    ['whole \ud83d\ude00', 'whole \ud83d\ude00'],
    [`${'y'.repeat(2_000)}\ud83d`, 'y'.repeat(2_000)],
  ])('has its text repaired: %j', (text, expected) => {
    const fields = { update_type: text, error_message: text };
    const normalised = normaliseReportedEvent({ ...LEAST, ...fields }, RULES);
    expect(normalised).toMatchObject({
      kind: 'event',
      isRepaired: text !== expected,
      event: { update_type: expected.slice(0, 100) },
    });
    expect(eventOf({ ...LEAST, error_message: text }).error_message).toBe(expected);
  });

  test('may say null for its time and its status', () => {
    const event = eventOf({ ...LEAST, timestamp: null, status: null });
    expect(event).toMatchObject({ timestamp: '2026-02-10T20:00:00.000Z', status: 'success' });
  });

  test.each([
    ['update_type', 100],
    ['error_type', 100],
    ['error_message', 2_000],
  ] as const)('has its %s cut to %d characters, whatever their length', (field, most) => {
    const cut = (text: string) => eventOf({ ...LEAST, [field]: text })[field];
    for (const fitting of ['y'.repeat(most), `${'y'.repeat(most - 1)}😀`, '😀'.repeat(most)]) {
      expect(cut(fitting)).toBe(fitting);
      expect(cut(`${fitting}😀z`)).toBe(fitting);
    }
    const misaligned = `y${'😀'.repeat(most)}`;
    expect(cut(misaligned)).toBe(misaligned.slice(0, -2));
  });

  test('has no update_type where it is empty', () => {
    expect(eventOf({ ...LEAST, update_type: '' }).update_type).toBe(null);
  });

  test.each([
    ['no object', 5, 'it must be a JSON object'],
    ['no bot', { event_type: 'retry' }, 'bot_id is required: 1 to 64 of A-Z a-z 0-9 _ -'],
    ['a bad bot', { ...LEAST, bot_id: 'a b' }, 'bot_id must be 1 to 64 of A-Z a-z 0-9 _ -'],
    ['no type', { bot_id: 'a' }, /^event_type is required: one of received, /],
    ['an unknown type', { ...LEAST, event_type: 'x' }, /^event_type must be one of received, /],
    ['an unknown status', { ...LEAST, status: 'ok' }, /^status must be one of success, /],
    ['a bad id', { ...LEAST, event_id: '123' }, 'event_id must be a UUID'],
    ['an id that is null', { ...LEAST, event_id: null }, 'event_id must be a UUID'],
    ['a bad time', { ...LEAST, timestamp: 'yesterday' }, /^timestamp must be ISO 8601 with a zone/],
    ['a number for a time', { ...LEAST, timestamp: 1 }, /^timestamp must be ISO 8601 with a zone/],
    ['no such day', { ...LEAST, timestamp: '2026-02-30T00:00:00Z' }, /^timestamp must be ISO/],
    ['a fraction', { ...LEAST, update_id: 1.5 }, /^update_id must be an integer/],
    ['a rounded id', { ...LEAST, update_id: 2 ** 53 }, /^update_id must be an integer/],
    [
      'a negative time',
      { ...LEAST, processing_time_ms: -1 },
      /^processing_time_ms must be a finite/,
    ],
    [
      'an infinite time',
      { ...LEAST, response_time_ms: Number.POSITIVE_INFINITY },
      /^response_time_ms must be a finite/,
    ],
    ['no number', { ...LEAST, response_time_ms: '5' }, /^response_time_ms must be a finite/],
    ['a bad address', { ...LEAST, ip_address: '1.2.3' }, /^ip_address must be an IPv4 or IPv6/],
    ['a word for truth', { ...LEAST, telegram_signature_valid: 'yes' }, /must be true or false/],
    ['a number for text', { ...LEAST, error_type: 5 }, 'error_type must be text, or null'],
    ['a field of its own', { ...LEAST, latency: 3 }, 'Unknown field "latency"'],
    [
      'no update_id though received',
      { bot_id: 'alpha', event_type: 'received' },
      'update_id is required for a received event',
    ],
    [
      'several faults',
      { bot_id: 'alpha', event_type: 'received', ip_address: 'x' },
      'update_id is required for a received event; ip_address must be an IPv4 or IPv6 address, or null',
    ],
  ])('with %s is refused', (_name, value, message) => {
    expect(messageOf(value)).toEqual(
      typeof message === 'string' ? message : expect.stringMatching(message),
    );
  });

  test('a delivery that was refused needs no update_id', () => {
    const refused = {
      bot_id: 'alpha',
      event_type: 'received',
      status: 'failed',
      error_type: 'InvalidSignature',
    };
    expect(normaliseReportedEvent(refused, RULES)).toMatchObject({
      kind: 'event',
      event: { ...refused, update_id: null },
    });
  });
});
