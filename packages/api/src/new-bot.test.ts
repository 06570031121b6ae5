import { botValidator } from '@hookpulse/common/bots/bot';
import { testBot } from '@hookpulse/common/testing/bots';
import { describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import type { Seal } from './forward-settings.ts';
import { BotPatchSchema, changeBot, createBot, NewBotSchema } from './new-bot.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

const seal: Seal = (secret, botId, field) =>
  `sealed ${[...secret].reverse().join('')} of ${botId} ${field}`;

/** Counts up, so that a test sees which secret went where. */
function countingSource() {
  let made = 0;
  return {
    randomUuid: () => '123e4567-e89b-12d3-a456-426614174000',
    randomSecret: () => {
      made += 1;
      return `secret-${made}`;
    },
    sha256Hex: (secret: string) => Buffer.from(secret.padEnd(32)).toString('hex'),
    seal,
  };
}

describe('createBot', () => {
  test('makes what the caller left out', () => {
    const source = countingSource();
    const { bot, webhookSecret, reportToken } = createBot({ name: ' My bot ' }, source, NOW_MS);
    expect([webhookSecret, reportToken]).toEqual(['secret-1', 'secret-2']);
    expect(bot).toEqual({
      bot_id: '123e4567-e89b-12d3-a456-426614174000',
      name: 'My bot',
      enabled: true,
      webhook_secret_sha256: source.sha256Hex('secret-1'),
      report_token_sha256: source.sha256Hex('secret-2'),
      created_at: '2026-02-10T20:00:00.000Z',
      updated_at: '2026-02-10T20:00:00.000Z',
    });
    expect(botValidator.Check(bot)).toBe(true);
  });

  test('takes what the caller gives', () => {
    const source = countingSource();
    const input = { name: 'a', bot_id: 'my_bot', webhook_secret: 'mine', enabled: false };
    const { bot, webhookSecret } = createBot(input, source, NOW_MS);
    expect(webhookSecret).toBe('mine');
    expect(bot).toMatchObject({
      bot_id: 'my_bot',
      enabled: false,
      webhook_secret_sha256: source.sha256Hex('mine'),
    });
  });
});

test('half an emoji in a name is repaired', () => {
  const name = 'cut \ud83d';
  expect(Value.Check(NewBotSchema, { name })).toBe(true);
  expect(createBot({ name }, countingSource(), NOW_MS).bot.name).toBe('cut \ufffd');
  // Of a bot that was made before, too.
  const changed = changeBot({ ...testBot('a'), name }, { name }, seal, NOW_MS);
  expect(changed.name).toBe('cut \ufffd');
});

describe('changeBot', () => {
  const bot = testBot('a');

  test('changes what the patch names, and the time', () => {
    const updated = '2026-02-10T20:00:00.000Z';
    expect(changeBot(bot, { enabled: false }, seal, NOW_MS)).toEqual({
      ...bot,
      enabled: false,
      updated_at: updated,
    });
    expect(changeBot(bot, { name: ' New ' }, seal, NOW_MS)).toEqual({
      ...bot,
      name: 'New',
      updated_at: updated,
    });
  });

  test('is the same bot when nothing changes', () => {
    expect(changeBot(bot, {}, seal, NOW_MS)).toBe(bot);
    expect(changeBot(bot, { name: bot.name, enabled: true }, seal, NOW_MS)).toBe(bot);
  });

  test('knows since when it is enabled, once it was not', () => {
    const disabled = changeBot(bot, { enabled: false }, seal, NOW_MS);
    expect(disabled).not.toHaveProperty('enabled_at');
    const enabled = changeBot(disabled, { enabled: true }, seal, NOW_MS + 60_000);
    expect(enabled.enabled_at).toBe(new Date(NOW_MS + 60_000).toISOString());
    expect(changeBot(enabled, { name: 'New' }, seal, NOW_MS + 120_000).enabled_at).toBe(
      enabled.enabled_at,
    );
  });

  test('overrides alert settings by a merge patch, and has none when none are left', () => {
    const patched = changeBot(bot, { alerts: { no_traffic: { after_seconds: 60 } } }, seal, NOW_MS);
    expect(patched.alerts).toEqual({ no_traffic: { after_seconds: 60 } });
    const more = changeBot(patched, { alerts: { receivers: ['a@example.com'] } }, seal, NOW_MS);
    expect(more.alerts).toEqual({ receivers: ['a@example.com'], ...patched.alerts });
    expect(changeBot(more, { alerts: {} }, seal, NOW_MS)).toBe(more);
    for (const alerts of [null, { receivers: null, no_traffic: { after_seconds: null } }]) {
      expect(changeBot(more, { alerts }, seal, NOW_MS)).not.toHaveProperty('alerts');
    }
    expect(changeBot(bot, { alerts: null }, seal, NOW_MS)).toBe(bot);
  });

  test('keeps fields that this version does not know', () => {
    const later = { ...bot, colour: 'blue' };
    expect(changeBot(later, { enabled: false }, seal, NOW_MS)).toMatchObject({ colour: 'blue' });
  });
});

describe('the schemas', () => {
  test.each([
    [{ name: 'Bot' }, true],
    [{ name: 'Бот 🤖' }, true],
    [{ name: 'x'.repeat(100) }, true],
    [{ name: 'x'.repeat(101) }, false],
    [{ name: '' }, false],
    [{ name: '   ' }, false],
    [{ name: 'a\nBcc: b@example.com' }, false],
    [{ name: 7 }, false],
    [{}, false],
    [{ name: 'a', bot_id: 'A-z_9' }, true],
    [{ name: 'a', bot_id: 'x'.repeat(65) }, false],
    [{ name: 'a', bot_id: 'a b' }, false],
    [{ name: 'a', bot_id: '' }, false],
    [{ name: 'a', webhook_secret: 'x'.repeat(256) }, true],
    [{ name: 'a', webhook_secret: 'x'.repeat(257) }, false],
    [{ name: 'a', webhook_secret: 'sp ace' }, false],
    [{ name: 'a', enabled: 'yes' }, false],
    [{ name: 'a', colour: 'blue' }, false],
  ])('of a new bot: %j is %s', (input, isFine) => {
    expect(Value.Check(NewBotSchema, input)).toBe(isFine);
  });

  test.each([
    [{}, true],
    [{ enabled: false }, true],
    [{ name: '' }, false],
    [{ bot_id: 'b' }, false],
  ])('of a patch: %j is %s', (input, isFine) => {
    expect(Value.Check(BotPatchSchema, input)).toBe(isFine);
  });
});
