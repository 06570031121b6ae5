import { testBot } from '@hookpulse/common/testing/bots';
import { expect, test } from '@jest/globals';
import { type AdoptionFacts, botIdAt, ingestUrlProblem, planAdoption } from './adoption-plan.ts';

const INGEST = 'https://hooks.example.com';
const FORWARD = { url: 'https://bot.example.com/hook' };

function plan(changes: Partial<AdoptionFacts> = {}, bots = [testBot('other')]) {
  return planAdoption({
    ingestUrl: INGEST,
    isLocalBotApi: false,
    user: { id: 7, username: 'shop_bot' },
    webhookUrl: FORWARD.url,
    hasCustomCertificate: false,
    wantedId: undefined,
    bot: (botId) => bots.find(({ bot_id }) => bot_id === botId),
    telegramIdOf: () => null,
    ...changes,
  });
}

test('the present webhook becomes the place to forward to', () => {
  expect(plan()).toEqual({
    kind: 'adopt',
    botId: 'shop_bot',
    bot: undefined,
    ingestUrl: `${INGEST}/webhook/shop_bot`,
    forwardUrl: FORWARD.url,
    isPointed: false,
  });
  expect(plan({ wantedId: 'shop' })).toMatchObject({ botId: 'shop' });
});

test('a bot that ingest has already is found by the address, whatever its id', () => {
  const bots = [testBot('shop', { forward: FORWARD })];
  expect(plan({ webhookUrl: `${INGEST}/webhook/shop` }, bots)).toMatchObject({
    kind: 'adopt',
    botId: 'shop',
    forwardUrl: null,
    isPointed: true,
  });
});

test('a webhook with a certificate of its own is refused', () => {
  expect(plan({ hasCustomCertificate: true })).toMatchObject({
    kind: 'refused',
    sentence: expect.stringContaining('certificate of its own'),
  });
});

test.each([
  ['https://hooks.example.com', true, true],
  ['https://hooks.example.com:8443/base/', true, true],
  ['https://hooks.example.com:80', true, true],
  ['https://hooks.example.com:8080', false, true],
  ['http://hooks.example.com', false, true],
  ['http://127.0.0.1:8080', false, true],
  ['https://hooks.example.com/?a=1', false, false],
  ['https://user:password@hooks.example.com', false, false],
])('Telegram delivers to %s: %j; a local Bot API server: %j', (url, atTelegram, atLocal) => {
  expect([ingestUrlProblem(url, false) === null, ingestUrlProblem(url, true) === null]).toEqual([
    atTelegram,
    atLocal,
  ]);
});

test.each([
  [`${INGEST}/webhook/a`, 'a'],
  ['https://HOOKS.example.com:443/webhook/a/', 'a'],
  [`${INGEST}/webhook/a/b`, null],
  [`${INGEST}/webhook/`, null],
  ['https://hooks.example.com.evil.example/webhook/a', null],
  ['', null],
])('the bot at %s is %j', (url, botId) => {
  expect(botIdAt(`${INGEST}/`, url)).toBe(botId);
});
