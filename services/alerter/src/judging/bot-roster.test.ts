/** What is known of bots while more is being learnt. */
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { testBot } from '@hookpulse/common/testing/bots';
import { expect, test } from '@jest/globals';
import { BotRoster } from './bot-roster.ts';

const BOTS = ['a', 'b'].map((botId) => testBot(botId));

test('no bot is missing while its partition is looked up anew', async () => {
  let gate: Promise<void> | null = null;
  let partition = 1;
  const roster = new BotRoster({
    registry: { list: () => BOTS, get: (botId) => BOTS.find(({ bot_id }) => bot_id === botId) },
    controls: { overrides: {} },
    base: { receivers: [], rules: defaultRuleSettings(SAMPLE_ENVIRONMENT) },
    async partitionOf() {
      await gate;
      return partition;
    },
  });
  await roster.refresh();
  expect(roster.enabledOn(1)).toHaveLength(2);

  // The topic has got more partitions: an unknown bot would be taken for removed.
  const opening = Promise.withResolvers<void>();
  gate = opening.promise;
  partition = 7;
  roster.forgetPartitions();
  const refreshed = [roster.refresh(), roster.refresh()];
  expect(roster.get('a')?.bot.enabled).toBe(true);
  expect(roster.enabledOn(1)).toHaveLength(2);
  opening.resolve();
  await Promise.all(refreshed);
  expect(roster.get('a')?.partition).toBe(7);
  expect(roster.enabledOn(1)).toEqual([]);
  expect(roster.enabledOn(7)).toHaveLength(2);
});
