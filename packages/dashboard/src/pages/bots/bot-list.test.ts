import { expect, test } from '@jest/globals';
import { botsShown, type ShownBots } from './bot-list.ts';

const AT = '2026-02-01T00:00:00.000Z';
const BOTS = [
  { bot_id: 'b10', name: 'Bot 10', enabled: true },
  { bot_id: 'b2', name: 'bot 2', enabled: false },
  { bot_id: 'orders', name: 'Orders', enabled: true },
].map((bot) => ({
  ...bot,
  webhook_path: `/webhook/${bot.bot_id}`,
  forward: null,
  has_bot_token: false,
  created_at: AT,
  updated_at: AT,
}));

test.each<[string, ShownBots, string[]]>([
  ['', 'all', ['b2', 'b10', 'orders']],
  [' BOT ', 'all', ['b2', 'b10']],
  ['rder', 'all', ['orders']],
  ['', 'enabled', ['b10', 'orders']],
  ['b', 'disabled', ['b2']],
  ['nothing', 'all', []],
])('searching %j among %s bots finds %j', (search, shown, found) => {
  expect(botsShown(BOTS, search, shown).map(({ bot_id }) => bot_id)).toEqual(found);
});
