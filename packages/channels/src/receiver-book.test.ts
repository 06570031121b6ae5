/** Whose alerts go where: by short names, behind which the secrets stay sealed. */
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { shownReceiver, withSealed } from '@hookpulse/common/alerts/receiver';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { SAMPLE_ENVIRONMENT } from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { ALL_BOTS, RECEIVER_FIELD } from '@hookpulse/common/alerts/sealed-receiver';
import { SEALED_FIELDS } from '@hookpulse/common/bots/forwarding';
import { testBot } from '@hookpulse/common/testing/bots';
import { createSecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import { expect, test } from '@jest/globals';
import { ReceiverBook, type ReceiverBookDeps } from './receiver-book.ts';

const box = createSecretBox(randomSecret());
const SLACK = 'slack://hooks.slack.com/services/T0/B0/hidden';
const PAGER = `pagerduty://${'a'.repeat(32)}`;
const stored = (text: string, owner: string) =>
  withSealed(shownReceiver(text), box.seal(text, owner, RECEIVER_FIELD));
const base: AlertSettings = {
  receivers: ['ops@example.com', PAGER],
  rules: defaultRuleSettings(SAMPLE_ENVIRONMENT),
};
const bots = new Map([
  [
    'inherits',
    testBot('inherits', { bot_token: box.seal('1:t', 'inherits', SEALED_FIELDS.botToken) }),
  ],
  ['own', testBot('own', { alerts: { receivers: [], channels: [stored(SLACK, 'own')] } })],
]);

function bookWith(changes: Partial<ReceiverBookDeps> = {}): ReceiverBook {
  const registry = { get: (botId: string) => bots.get(botId) };
  const controls = { overrides: {} };
  return new ReceiverBook({ registry, controls, base, secretBox: box, botToken: null, ...changes });
}

test('receivers are named without secrets', () => {
  const book = bookWith();
  expect(book.receiversOf('inherits', null)).toEqual(['ops@example.com', shownReceiver(PAGER)]);
  expect(book.receiversOf('own', null)).toEqual([shownReceiver(SLACK)]);
  expect(book.receiversOf('removed', ['telegram://1'])).toEqual(['telegram://1']);
});

test('a name is opened by the settings of the bot, of all bots, and of the environment', () => {
  const overrides = { receivers: [], channels: [stored(PAGER, ALL_BOTS)] };
  const slack = { kind: 'slack', url: 'https://hooks.slack.com/services/T0/B0/hidden' };
  const pager = { kind: 'pagerduty', routingKey: 'a'.repeat(32) };
  const own = [{ bot_id: 'own' }];
  expect(bookWith().open(shownReceiver(SLACK), own)).toEqual(slack);
  expect(bookWith().open(shownReceiver(PAGER), own)).toEqual(pager);
  expect(bookWith({ controls: { overrides } }).open(shownReceiver(PAGER), [])).toEqual(pager);
});

test('what was removed is refused; what a lost key sealed waits for the key', () => {
  const own = [{ bot_id: 'own' }];
  expect(bookWith().open('telegram://7', own)).toMatchObject({
    kind: 'refused',
    detail: expect.stringContaining('telegram://7'),
  });
  const other = createSecretBox(randomSecret());
  for (const secretBox of [null, other]) {
    expect(bookWith({ secretBox }).open(shownReceiver(SLACK), own)).toMatchObject({
      kind: 'later',
      detail: expect.stringContaining('SECRETS_KEY'),
    });
  }
});

test('a chat is written to by the bot that is named, that of all alerts, or the one they are about', () => {
  const chat = { kind: 'telegram', chatId: '1', topicId: null, botId: null } as const;
  const about = [{ bot_id: 'inherits' }];
  expect(bookWith().tokenOf(chat, about)).toBe('1:t');
  expect(bookWith({ botToken: '2:t' }).tokenOf(chat, about)).toBe('2:t');
  expect(bookWith({ botToken: '2:t' }).tokenOf({ ...chat, botId: 'inherits' }, [])).toBe('1:t');
  expect(bookWith({ botToken: '2:t' }).tokenOf({ ...chat, botId: 'own' }, [])).toMatchObject({
    kind: 'later',
    detail: expect.stringContaining('ALERT_BOT_TOKEN'),
  });
});

test('the end of a removed bot goes where the name of the receiver says it all', () => {
  const gone = [{ bot_id: 'gone' }];
  expect(bookWith().open('telegram://7', gone)).toMatchObject({ kind: 'telegram', chatId: '7' });
  const address = 'alertmanager+https://alerts.example.com';
  expect(bookWith().open(address, gone)).toMatchObject({ kind: 'alertmanager' });
  expect(bookWith().open(shownReceiver(SLACK), gone)).toEqual({
    kind: 'refused',
    detail: `the secret of ${shownReceiver(SLACK)} was removed with its bot`,
  });
});

test('a removed bot sends nothing, and is not waited for', () => {
  const chat = { kind: 'telegram', chatId: '1', topicId: null, botId: null } as const;
  const gone = { bot_id: 'gone' };
  const refused = { kind: 'refused', detail: expect.stringContaining('gone') };
  expect(bookWith().tokenOf(chat, [gone])).toEqual(refused);
  expect(bookWith().tokenOf({ ...chat, botId: 'gone' }, [gone])).toEqual(refused);
  expect(bookWith().tokenOf(chat, [gone, { bot_id: 'inherits' }])).toBe('1:t');
  // It may be a slip in the settings.
  expect(bookWith().tokenOf({ ...chat, botId: 'gone' }, [{ bot_id: 'own' }])).toMatchObject({
    kind: 'later',
  });
});
