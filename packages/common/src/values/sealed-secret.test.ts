import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSecretBox, SECRETS_KEY_PATTERN, SealedSecretError } from './sealed-secret.ts';
import { randomSecret } from './secrets.ts';

const KEY = randomSecret();
const box = createSecretBox(KEY);
const SECRET = '123456:ABC-DEF';

test('a random secret is a key', () => {
  expect(KEY).toMatch(SECRETS_KEY_PATTERN);
});

test('a sealed secret opens to the same text, and shows nothing of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string(), (secret, owner, field) => {
      const sealed = box.seal(secret, owner, field);
      expect(box.open(sealed, owner, field)).toBe(secret);
      expect(sealed).toMatch(/^v1\.[\w-]{8}\.[\w-]+$/);
    }),
  );
  expect(box.seal(SECRET, 'a', 'bot_token')).not.toContain('ABC');
  expect(box.seal(SECRET, 'a', 'bot_token')).not.toBe(box.seal(SECRET, 'a', 'bot_token'));
});

describe('opening is refused', () => {
  const sealed = box.seal(SECRET, 'a', 'bot_token');

  test.each([
    ['for another owner', () => box.open(sealed, 'b', 'bot_token')],
    ['for another field', () => box.open(sealed, 'a', 'forward.secret')],
    ['for other places that read the same in a row', () => box.open(sealed, 'abot', '_token')],
    ['with another key', () => createSecretBox(randomSecret()).open(sealed, 'a', 'bot_token')],
    ['of another version', () => box.open(sealed.replace('v1', 'v2'), 'a', 'bot_token')],
    ['of a shortened text', () => box.open(sealed.slice(0, -4), 'a', 'bot_token')],
    ['of a text too short for a tag', () => box.open(sealed.slice(0, 20), 'a', 'bot_token')],
    ['of what was never sealed', () => box.open(SECRET, 'a', 'bot_token')],
  ])('%s', (_, open) => {
    expect(open).toThrow(SealedSecretError);
  });

  test('when any byte was changed', () => {
    const [version, id, text = ''] = sealed.split('.');
    const bytes = Buffer.from(text, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const forged = `${version}.${id}.${changed.toString('base64url')}`;
      expect(() => box.open(forged, 'a', 'bot_token')).toThrow(SealedSecretError);
    }
  });
});

test('after the key was replaced, the previous one opens and the present one seals', () => {
  const present = randomSecret();
  const rotated = createSecretBox(present, KEY);
  expect(rotated.open(box.seal(SECRET, 'a', 'bot_token'), 'a', 'bot_token')).toBe(SECRET);
  const sealed = rotated.seal(SECRET, 'a', 'bot_token');
  expect(createSecretBox(present).open(sealed, 'a', 'bot_token')).toBe(SECRET);
  expect(() => box.open(sealed, 'a', 'bot_token')).toThrow(/neither SECRETS_KEY nor/);
});
