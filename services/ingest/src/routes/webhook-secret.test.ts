import { sha256Hex } from '@hookpulse/common/values/secrets';
import { describe, expect, test } from '@jest/globals';
import { makeBot } from '../testing/bots.ts';
import { WebhookSecrets } from './webhook-secret.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

describe('WebhookSecrets', () => {
  const bot = makeBot({ webhook_secret_sha256: sha256Hex('right') });

  test.each([
    ['right', true],
    ['wrong', false],
    ['right ', false],
    ['', false],
    [undefined, false],
    [sha256Hex('right'), false],
  ])('knows whether %j is the secret', (secret, expected) => {
    const secrets = new WebhookSecrets();
    expect(secrets.matches(bot, secret, NOW_MS)).toBe(expected);
    expect(secrets.matches(bot, secret, NOW_MS)).toBe(expected);
  });

  test('follows a bot that is changed', () => {
    const secrets = new WebhookSecrets();
    expect(secrets.matches(bot, 'right', NOW_MS)).toBe(true);
    const rotated = { ...bot, webhook_secret_sha256: sha256Hex('new') };
    expect(secrets.matches(rotated, 'right', NOW_MS)).toBe(false);
    expect(secrets.matches(rotated, 'new', NOW_MS)).toBe(true);
  });

  test('takes the secret before until its grace time is over', () => {
    const secrets = new WebhookSecrets();
    const valid_until = new Date(NOW_MS + 600_000).toISOString();
    const rotated = {
      ...bot,
      webhook_secret_sha256: sha256Hex('new'),
      previous_webhook_secret: { sha256: sha256Hex('right'), valid_until },
    };
    expect(secrets.matches(rotated, 'right', NOW_MS + 599_999)).toBe(true);
    expect(secrets.matches(rotated, 'new', NOW_MS)).toBe(true);
    expect(secrets.matches(rotated, 'wrong', NOW_MS)).toBe(false);
    expect(secrets.matches(rotated, undefined, NOW_MS)).toBe(false);
    expect(secrets.matches(rotated, 'right', NOW_MS + 600_000)).toBe(false);
    expect(secrets.matches(rotated, 'new', NOW_MS + 600_000)).toBe(true);
  });

  test('matches nothing when what is stored is no digest', () => {
    expect(new WebhookSecrets().matches({ ...bot, webhook_secret_sha256: '' }, '', NOW_MS)).toBe(
      false,
    );
  });
});
