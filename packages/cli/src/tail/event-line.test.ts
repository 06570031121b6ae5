import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { expect, test } from '@jest/globals';
import { eventLine } from './event-line.ts';

const plain = { style: (_style: string, text: string) => text };
const coloured = { style: (style: string, text: string) => `<${style}>${text}</>` };
const base = {
  bot_id: 'orders',
  timestamp: '2026-02-10T20:00:00.123Z',
  update_id: 7,
  update_type: 'message',
  processing_time_ms: null,
  response_time_ms: null,
  error_type: null,
  error_message: null,
};

test('an event is one line', () => {
  const event = sampleEvent({ ...base, event_type: 'received', status: 'success' });
  expect(eventLine(event, plain)).toBe(
    '20:00:00.123  orders            received       success  update 7 (message)',
  );
});

test('a failure says why, whatever its text would do to a terminal', () => {
  const event = sampleEvent({
    ...base,
    event_type: 'error',
    status: 'failed',
    update_type: null,
    processing_time_ms: 41.4,
    error_type: 'ValueError',
    error_message: 'no\nsuch \u001b[31morder\u0007',
  });
  expect(eventLine(event, plain)).toBe(
    '20:00:00.123  orders            error          failed   update 7  41 ms  ValueError: no such order',
  );
  expect(eventLine(event, coloured)).toContain('<red>failed </>');
});
