/** What people write as a receiver, what is shown of it, and what is no receiver. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isMailReceiver,
  isShortForm,
  readReceiver,
  sealedPart,
  shownReceiver,
  withSealed,
} from './receiver.ts';

const SECRET = `whsec_${'A'.repeat(43)}=`;
const KEY = '0123456789abcdef0123456789ABCDEF';

const receiverOf = (text: string) => {
  const result = readReceiver(text);
  return result.isOk ? result.receiver : result.problem;
};

test.each([
  ['ops@example.com', { kind: 'mail', address: 'ops@example.com' }],
  ['mailto:ops@example.com', { kind: 'mail', address: 'ops@example.com' }],
  [
    'telegram://-1001234567890',
    { kind: 'telegram', chatId: '-1001234567890', topicId: null, botId: null },
  ],
  [
    'telegram://@channel/7?bot=shop-bot',
    { kind: 'telegram', chatId: '@channel', topicId: 7, botId: 'shop-bot' },
  ],
  ['https://a.example/@x', { kind: 'webhook', url: 'https://a.example/@x', secret: null }],
  ['https://a.example/x?y=1', { kind: 'webhook', url: 'https://a.example/x?y=1', secret: null }],
  [
    `https://a.example/x#${SECRET}`,
    { kind: 'webhook', url: 'https://a.example/x', secret: SECRET },
  ],
  [
    'slack://hooks.slack.com/services/T0/B0/abc',
    { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/abc' },
  ],
  ['slack://T0/B0/abc', { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/abc' }],
  ['slack+http://chat.lan:80/hooks/x', { kind: 'slack', url: 'http://chat.lan/hooks/x' }],
  [`pagerduty://${KEY}`, { kind: 'pagerduty', routingKey: KEY }],
  [
    'alertmanager+https://am.example/prefix/',
    { kind: 'alertmanager', url: 'https://am.example/prefix' },
  ],
  ['alertmanager+http://am:9093', { kind: 'alertmanager', url: 'http://am:9093' }],
])('%s', (text, receiver) => expect(receiverOf(text)).toEqual(receiver));

test.each([
  ['', /a mail address, or a URL/],
  ['nobody', /a mail address, or a URL/],
  ['ftp://example.com', /a mail address, or a URL/],
  ['telegram://', /telegram:\/\/<chat_id>/],
  ['telegram://12 34', /telegram:\/\/<chat_id>/],
  ['https://', /https URL with a host/],
  ['https://a.example/#secret', /whsec_ and 24 to 64 bytes/],
  ['slack://hooks.slack.com', /incoming webhook/],
  ['pagerduty://short', /32 letters and digits/],
  ['alertmanager+https://am.example/?x=1', /without query/],
  ['alertmanager+https://ops:50%off@am.example', /user name and password escaped: %25 for %/],
  ['alertmanager+https://ops:Tr@vel/77@am.example', /password escaped: .* %40 for @/],
  ['alertmanager+https://ops:4711/x@am.example', /password escaped: /],
  ['alertmanager+http://ops/4711@am.example', /password escaped: /],
  ['slack://ops:4711/key@hooks.slack.com/services/T0/B0/abc', /password escaped: /],
  ['slack+http://ops:4711#key@chat.lan/hooks/x', /password escaped: /],
  [`https://ops:4711/key@a.example/x#${SECRET}`, /password escaped: /],
  ['https://ops:Tr@vel/77#key@a.example/x', /password escaped: /],
  ['https://ops:%FF@a.example/x', /user name and password escaped: %25 for %/],
  ['https://a.example/***-0123abcd', /short form/],
])('%s is none, and it says why', (text, problem) => expect(receiverOf(text)).toMatch(problem));

describe('what is shown', () => {
  test.each([
    [`https://user:password@a.example:8443/path-secret?token=secret#${SECRET}`, 'a.example:8443'],
    ['slack://hooks.slack.com/services/T0/B0/secret', 'hooks.slack.com'],
    [`pagerduty://${KEY}`, 'pagerduty://'],
    ['alertmanager+https://ops:password@am.example', 'am.example'],
  ])('of %s has no secret', (text, place) => {
    const shown = shownReceiver(text);
    expect(shown).toContain(place);
    expect(shown).not.toMatch(/secret|password|whsec|0123456789abcdef/);
    expect(isShortForm(shown)).toBe(true);
    expect(isMailReceiver(shown)).toBe(false);
  });

  test('is the same for what is stored sealed', () => {
    const shown = shownReceiver(`pagerduty://${KEY}`);
    const stored = withSealed(shown, 'v1.key-id.c2VhbGVk');
    expect(shownReceiver(stored)).toBe(shown);
    expect(sealedPart(stored)).toBe('v1.key-id.c2VhbGVk');
    expect(sealedPart(shown)).toBeNull();
  });

  test('differs for different receivers', () => {
    const path = fc.stringMatching(/^[a-z\d]{1,20}$/);
    fc.assert(
      fc.property(path, path, (a, b) => {
        const [first, second] = [a, b].map((one) => shownReceiver(`https://a.example/${one}`));
        expect(first === second).toBe(a === b);
      }),
    );
  });
});
