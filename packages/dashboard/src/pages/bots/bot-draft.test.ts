import { expect, test } from '@jest/globals';
import { newBotBody, suggestedId } from './bot-draft.ts';

test('a new bot is asked for by what is filled in', () => {
  expect(newBotBody({ name: ' Orders ', botId: '', webhookSecret: ' ' })).toEqual({
    name: 'Orders',
  });
  expect(newBotBody({ name: 'Orders', botId: 'orders', webhookSecret: 's3cret' })).toEqual({
    name: 'Orders',
    bot_id: 'orders',
    webhook_secret: 's3cret',
  });
});

test.each([
  ['Orders', 'orders'],
  ['  Café Orders (EU) ', 'cafe-orders-eu'],
  ['a_b', 'a_b'],
  ['Заказы', ''],
  ['x'.repeat(80), 'x'.repeat(64)],
])('%j could be called %j', (name, id) => expect(suggestedId(name)).toBe(id));
