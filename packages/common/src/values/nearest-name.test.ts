import { describe, expect, test } from '@jest/globals';
import { nearestName } from './nearest-name.ts';

const FILTERS = [
  'bot_id',
  'event_type',
  'status',
  'error_type',
  'update_id',
  'from',
  'to',
  'limit',
];

describe('nearestName', () => {
  test.each([
    ['bot', 'bot_id'],
    ['botId', 'bot_id'],
    ['BOT-ID', 'bot_id'],
    ['state', 'status'],
    ['type', 'event_type'],
    ['errorType', 'error_type'],
    ['updateid', 'update_id'],
    ['limits', 'limit'],
    ['form', 'from'],
  ])('finds for %s what was meant', (given, expected) => {
    expect(nearestName(given, FILTERS)).toBe(expected);
  });

  test.each(['', 'colour', '__proto__', '[]', 'x'.repeat(100_000)])(
    'finds nothing for %j',
    (given) => {
      expect(nearestName(given, FILTERS)).toBe(null);
    },
  );

  test('finds nothing where nothing is known', () => {
    expect(nearestName('bot', [])).toBe(null);
  });

  test('finds a variable by its misspelt name', () => {
    const variables = ['WEBHOOK_ALERTS_ENABLED', 'WEBHOOK_ALERT_MIN_EVENTS', 'SMTP_URL'];
    expect(nearestName('WEBHOOK_ALERT_ENABLED', variables)).toBe('WEBHOOK_ALERTS_ENABLED');
    expect(nearestName('SMTP_HOST', variables)).toBe('SMTP_URL');
  });
});
