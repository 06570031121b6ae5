import { type Bot, botValidator } from '@hookpulse/common/bots/bot';
import { testBot } from '@hookpulse/common/testing/bots';
import { describe, expect, test } from '@jest/globals';
import Value from 'typebox/value';
import {
  changeForward,
  type ForwardChanges,
  ForwardPatchSchema,
  forwardProblem,
  forwardView,
  holdsSecret,
  type Seal,
} from './forward-settings.ts';

const seal: Seal = (secret, botId, field) => `sealed(${secret.length} for ${botId} ${field})`;
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const SINCE = '2026-02-01T00:00:00.000Z';
const URL_OF_BOT = 'https://bot.example.com/hook';

function changed(changes: ForwardChanges, bot = testBot('a')) {
  const after = changeForward(bot, changes, bot.bot_id, seal, NOW_MS);
  expect(botValidator.Check({ ...bot, ...after })).toBe(true);
  return after;
}

const FORWARD = {
  url: URL_OF_BOT,
  secret: 'sealed',
  credentials: 'sealed',
  max_connections: 7,
  since: SINCE,
};
const tokenAndForward = { forward: FORWARD, bot_token: 'sealed token' };
const forwarded = testBot('a', tokenAndForward);

describe('a change', () => {
  test('sets what it names, secrets sealed for their field', () => {
    const { forward, bot_token } = changed({
      forward: { url: 'https://u:p%20w@Bot.example.com/hook#x', secret: 'abc', order: 'none' },
      bot_token: '123456:ABCDEFGHIJKLMNOPQRSTUVWX',
    });
    expect(forward).toEqual({
      since: '2026-02-10T20:00:00.000Z',
      url: URL_OF_BOT,
      credentials: 'sealed(5 for a forward.credentials)',
      secret: 'sealed(3 for a forward.secret)',
      order: 'none',
    });
    expect(bot_token).toBe('sealed(31 for a bot_token)');
  });

  test.each<[ForwardChanges, Pick<Bot, 'forward' | 'bot_token'>]>([
    [{}, tokenAndForward],
    [{ forward: null }, { bot_token: 'sealed token' }],
    [{ bot_token: null }, { forward: FORWARD }],
    [{ forward: null, bot_token: null }, {}],
    [
      { forward: { paused: true, max_connections: null, secret: null } },
      {
        forward: { url: URL_OF_BOT, credentials: 'sealed', paused: true, since: SINCE },
        bot_token: 'sealed token',
      },
    ],
    [
      { forward: { url: 'http://127.0.0.1:9000' } },
      {
        forward: {
          url: 'http://127.0.0.1:9000/',
          secret: 'sealed',
          max_connections: 7,
          since: SINCE,
        },
        bot_token: 'sealed token',
      },
    ],
  ])('of %j leaves the rest as it is', (changes, after) => {
    expect(changed(changes, forwarded)).toEqual(after);
  });
});

test('the first forwarding needs a URL, and every URL has to be one', () => {
  const problem = (forward: ForwardChanges['forward']) => forwardProblem({ forward }, undefined);
  expect(problem({ paused: true })?.message).toMatch(/^forward\.url is required/);
  expect(problem({ url: 'http://[::1' })?.message).toMatch(/^forward\.url must be/);
  expect(problem({ url: URL_OF_BOT })).toBeNull();
  expect(problem(null)).toBeNull();
  expect(forwardProblem({ forward: { paused: true } }, forwarded.forward)).toBeNull();
});

test.each([
  'https://ops:Tr@vel/77#key@bot.example.com/hook',
  'https://ops:4711#key@bot.example.com/hook',
  'https://ops:%ZZ@bot.example.com/hook',
])('a password that needs escaping is refused and not shown: %s', (url) => {
  expect(forwardProblem({ forward: { url } }, undefined)).toEqual({
    field: 'forward.url',
    message:
      'forward.url must have its user name and password escaped: %25 for %, %2F for /, %3F for ?, %23 for #, %40 for @, %5C for \\',
  });
});

test.each(['https://bot.example.com/@mybot', 'https://bot:8443/@mybot'])(
  'an @ in the path of %s is no password',
  (url) => expect(forwardProblem({ forward: { url } }, undefined)).toBeNull(),
);

test.each([
  ['ftp://example.com'],
  ['https://'],
  ['example.com'],
  ['https://example.com/a b'],
  [`https://example.com/${'a'.repeat(2_048)}`],
])('the schema refuses the URL %s', (url) => {
  expect(Value.Check(ForwardPatchSchema, { url })).toBe(false);
});

test.each([
  [{ max_connections: 0 }],
  [{ max_connections: 101 }],
  [{ timeout_seconds: 0 }],
  [{ timeout_seconds: 601 }],
  [{ order: 'user' }],
  [{ secret: 'not ok' }],
  [{ colour: 'blue' }],
])('the schema refuses %j', (patch) => {
  expect(Value.Check(ForwardPatchSchema, patch)).toBe(false);
});

test.each<[ForwardChanges, boolean]>([
  [{ forward: { url: URL_OF_BOT } }, false],
  [{ forward: { url: 'https://u@bot.example.com' } }, true],
  [{ forward: { secret: 'a' } }, true],
  [{ forward: { secret: null }, bot_token: null }, false],
  [{ bot_token: '1:a' }, true],
])('whether %j holds a secret', (changes, expected) => {
  expect(holdsSecret(changes)).toBe(expected);
});

test('the view tells defaults, and of secrets only that they are there', () => {
  expect(forwardView({ url: URL_OF_BOT })).toEqual({
    url: URL_OF_BOT,
    has_credentials: false,
    has_secret: false,
    max_connections: 40,
    timeout_seconds: null,
    order: 'chat',
    paused: false,
  });
  expect(JSON.stringify(forwardView({ url: URL_OF_BOT, secret: 'v1.x' }))).not.toContain('v1.x');
});

describe('a bot token in the URL', () => {
  const token = '123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw';
  const whole = `https://bot.example.com/bot${token}/hook`;
  const shown = 'https://bot.example.com/bot123456:***/hook';
  const forward = { url: shown, sealed_url: 'sealed', credentials: 'sealed', since: SINCE };
  const bot = testBot('a', { forward });

  test.each([
    [whole, shown],
    [whole.replace(':AA', '%3AAA'), shown.replace(':***', '%3A***')],
    [`https://bot.example.com/?token=${token}`, 'https://bot.example.com/?token=123456:***'],
  ])('of %s is sealed, and nowhere in clear', (url, hidden) => {
    const after = changed({ forward: { url } }).forward;
    expect(after).toMatchObject({ url: hidden, sealed_url: expect.stringMatching(/forward\.url/) });
    expect(JSON.stringify(after)).not.toContain('AAHdq');
    expect(holdsSecret({ forward: { url } })).toBe(true);
  });

  test('is not shown of a record that has it in clear either', () => {
    expect(forwardView({ url: whole }).url).toBe(shown);
  });

  test('stays when the URL is sent as it is shown', () => {
    expect(forwardProblem({ forward: { url: shown } }, forward)).toBeNull();
    expect(changed({ forward: { url: shown, paused: true } }, bot).forward).toEqual({
      ...forward,
      paused: true,
    });
    const old = testBot('a', { forward: { url: whole, since: SINCE } });
    expect(changed({ forward: { url: shown } }, old).forward).toEqual(old.forward);
    const credentials = 'https://u:p@bot.example.com/bot123456:***/hook';
    expect(changed({ forward: { url: credentials } }, bot).forward).toEqual({
      ...forward,
      credentials: 'sealed(3 for a forward.credentials)',
    });
  });

  test.each([shown.replace('hook', 'other'), shown.replace('123456', '123457')])(
    'is not guessed for %s',
    (url) => {
      expect(forwardProblem({ forward: { url } }, forward)?.message).toMatch(/Send the whole URL/);
      expect(forwardProblem({ forward: { url: shown } }, undefined)).not.toBeNull();
    },
  );

  test('goes with another URL', () => {
    expect(changed({ forward: { url: URL_OF_BOT } }, bot).forward).toEqual({
      url: URL_OF_BOT,
      since: SINCE,
    });
  });
});
