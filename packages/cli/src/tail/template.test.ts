import { expect, test } from '@jest/globals';
import { CommandError } from '../command-error.ts';
import { lineTemplate } from './template.ts';

const UPDATE = {
  bot_id: 'orders',
  update_id: 7,
  replay_id: null,
  update: {
    message: { text: 'two\nlines \u001b[31m', entities: [{ type: 'bold' }], chat: { id: 42 } },
  },
};

test.each([
  ['{bot_id} {update_id}', 'orders 7'],
  ['{update.message.text}', 'two lines '],
  ['{update.message.entities.0.type}|{update.message.chat}', 'bold|{"id":42}'],
  ['{replay_id}{none}{bot_id.length}{update.toString}.', '.'],
])('%s makes %j', (template, line) => {
  expect(lineTemplate(template)(UPDATE)).toBe(line);
});

test.each(['no fields', '{}', '{bot id}', '{a..b}'])('%s is refused', (template) => {
  expect(() => lineTemplate(template)).toThrow(CommandError);
});
