import { expect, test } from '@jest/globals';
import { erasedText } from './erase-words.ts';

test('what was erased is counted', () => {
  expect(erasedText({ bot_id: 'a', raw_events: 1_204, hourly_rows: 24, alerts: 1 })).toBe(
    '1,204 events, 24 hours and 1 alert',
  );
});
