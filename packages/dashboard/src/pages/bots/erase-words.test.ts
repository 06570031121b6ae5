import { expect, test } from '@jest/globals';
import { erasedText, remainsText } from './erase-words.ts';

test('what was erased is counted', () => {
  const counts = { raw_events: 1_204, hourly_rows: 24, alerts: 1, silences: 2 };
  expect(erasedText({ bot_id: 'a', ...counts, audit_entries: 3, mails: 1, remains: [] })).toBe(
    '1,204 events, 24 hours and 1 alert',
  );
});

test('what is left is said', () => {
  expect(remainsText({ remains: [] })).toBe('');
  const remains = [{ what: 'what was reported (webhook.events)', until: '2026-02-17' }];
  expect(remainsText({ remains })).toBe(
    ' Still stored until 2026-02-17: what was reported (webhook.events).',
  );
});
