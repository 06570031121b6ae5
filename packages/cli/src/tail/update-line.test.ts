import { expect, test } from '@jest/globals';
import { updateLine } from './update-line.ts';

const plain = { style: (_style: string, text: string) => text };
const update = {
  bot_id: 'orders',
  update_id: 7,
  update_type: 'message',
  received_at: '2026-02-10T20:00:00.123Z',
  replay_id: null,
  update: {
    update_id: 7,
    message: { from: { first_name: 'Ada' }, text: 'hello\n\u001b[31mthere' },
  },
};

test('an update is one line, whatever its text would do to a terminal', () => {
  expect(updateLine(update, plain)).toBe(
    '20:00:00.123  orders            update 7 (message)  Ada: hello there',
  );
});

test('a line marks a replayed update, and leaves out missing fields', () => {
  const given = { ...update, update_type: 'new_kind', received_at: null, replay_id: 'r1' };
  expect(updateLine(given, plain)).toBe('  orders            update 7 (new_kind)  replayed');
});
