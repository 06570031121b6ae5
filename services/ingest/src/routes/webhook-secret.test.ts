import { sha256Hex } from '@hookpulse/common/runtime/secrets';
import { describe, expect, test } from '@jest/globals';
import { makeBot } from '../testing/bots.ts';
import { WebhookSecrets } from './webhook-secret.ts';

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
    expect(secrets.matches(bot, secret)).toBe(expected);
    expect(secrets.matches(bot, secret)).toBe(expected);
  });

  test('follows a bot that is changed', () => {
    const secrets = new WebhookSecrets();
    expect(secrets.matches(bot, 'right')).toBe(true);
    const rotated = { ...bot, webhook_secret_sha256: sha256Hex('new') };
    expect(secrets.matches(rotated, 'right')).toBe(false);
    expect(secrets.matches(rotated, 'new')).toBe(true);
  });

  test('matches nothing when what is stored is no digest', () => {
    expect(new WebhookSecrets().matches({ ...bot, webhook_secret_sha256: '' }, '')).toBe(false);
  });
});
