/** What is known of bots while more is being learnt. */
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import type { Bot } from '@hookpulse/common/bots/bot';
import { testBot } from '@hookpulse/common/testing/bots';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import { expect, test } from '@jest/globals';
import { BotRoster } from './bot-roster.ts';

const BOTS = ['a', 'b'].map((botId) => testBot(botId));
const MORE_PARTITIONS = 1_000;

function rosterOf(bots: readonly Bot[], partitionCount: () => Promise<number>): BotRoster {
  return new BotRoster({
    registry: { list: () => bots, get: (botId) => bots.find(({ bot_id }) => bot_id === botId) },
    controls: { overrides: {} },
    base: { receivers: [], rules: defaultRuleSettings(SAMPLE_ENVIRONMENT) },
    partitionCount,
  });
}

test('no bot is missing while partitions are counted anew', async () => {
  let counted = Promise.resolve(1);
  const roster = rosterOf(BOTS, () => counted);
  await roster.refresh();
  expect(roster.enabledOn(0)).toHaveLength(2);

  // The topic has got more partitions: an unknown bot would be taken for removed.
  const counting = Promise.withResolvers<number>();
  counted = counting.promise;
  roster.forgetPartitions();
  const refreshed = [roster.refresh(), roster.refresh()];
  expect(roster.get('a')?.bot.enabled).toBe(true);
  expect(roster.enabledOn(0)).toHaveLength(2);
  counting.resolve(MORE_PARTITIONS);
  await Promise.all(refreshed);
  for (const { bot_id } of BOTS) {
    const partition = partitionForKey(bot_id, MORE_PARTITIONS);
    expect(roster.get(bot_id)?.partition).toBe(partition);
    expect(roster.enabledOn(partition)).toMatchObject([{ bot: { bot_id } }]);
  }
  expect(roster.enabledOn(0)).toEqual([]);
});

test('partitions added during a count are known after the next one', async () => {
  const counts = [1, MORE_PARTITIONS];
  const roster = rosterOf(BOTS, async () => counts.shift() ?? Number.NaN);
  const first = roster.refresh();
  // The count under way may be that of before.
  roster.forgetPartitions();
  await Promise.all([first, roster.refresh()]);
  expect(roster.get('a')?.partition).toBe(partitionForKey('a', MORE_PARTITIONS));
});

test('after a rebalance that added no partitions bots are what they were', async () => {
  const roster = rosterOf(BOTS, async () => 3);
  await roster.refresh();
  const before = roster.get('a');
  roster.forgetPartitions();
  await roster.refresh();
  expect(before).toBeDefined();
  expect(roster.get('a')).toBe(before);
});

test('the event loop turns while very many bots are placed', async () => {
  const bots = Array.from({ length: 30_000 }, (_, n) => testBot(`bot-${n}`));
  const roster = rosterOf(bots, async () => 12);
  let turns = 0;
  let isRefreshing = true;
  const count = () => {
    turns += 1;
    if (isRefreshing) setImmediate(count);
  };
  setImmediate(count);
  await roster.refresh();
  isRefreshing = false;
  expect(turns).toBeGreaterThanOrEqual(3);
  expect(roster.get('bot-29999')).toBeDefined();
});
