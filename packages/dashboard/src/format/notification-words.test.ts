import { expect, test } from '@jest/globals';
import { troubleOf } from './notification-words.ts';

const mailed = { channel: 'mail', receivers: 1, bots_without_receivers: 0 } as const;

test('there is nothing to say where somebody is mailed, or nobody is meant to be', () => {
  expect(troubleOf(mailed)).toBeNull();
  expect(troubleOf({ channel: 'off', receivers: 0, bots_without_receivers: 3 })).toBeNull();
});

test('a missing receiver or mail server is told with what mends it', () => {
  const nobody = { ...mailed, receivers: 0, bots_without_receivers: 2 };
  expect(troubleOf(nobody)).toEqual({
    text: 'Alerts of 2 bots reach nobody. Set a receiver.',
    isMendedHere: true,
  });
  expect(troubleOf({ ...nobody, channel: 'file', bots_without_receivers: 0 })?.text).toBe(
    'Alerts reach nobody. Set a receiver. Alerts are written to files until SMTP_URL is set.',
  );
  expect(troubleOf({ ...mailed, channel: 'file' })).toMatchObject({ isMendedHere: false });
});
