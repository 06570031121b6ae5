import { expect, test } from '@jest/globals';
import { botsShown, type ShownBots } from './bot-list.ts';

const times = { created_at: '', updated_at: '' };
const BOTS = [
  { bot_id: 'b10', name: 'Bot 10', enabled: true },
  { bot_id: 'b2', name: 'bot 2', enabled: false },
  { bot_id: 'orders', name: 'Orders', enabled: true },
].map((bot) => ({ ...bot, webhook_path: '', forward: null, has_bot_token: false, ...times }));

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
