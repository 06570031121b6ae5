import { expect, test } from '@jest/globals';
import { botsOfSharedNames } from './shared-names.ts';

test('names that look the same are shared, whatever they consist of', () => {
  const names = ['Shop', 'shop ', 'Sh\u200bop', 'Shop 2', 'Café', 'Cafe\u0301', 'Other'];
  const bots = names.map((name, nth) => ({ bot_id: `bot-${nth}`, name }));
  expect([...botsOfSharedNames(bots)]).toEqual(['bot-0', 'bot-1', 'bot-2', 'bot-4', 'bot-5']);
});
