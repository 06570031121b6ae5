import { expect, test } from '@jest/globals';
import { readReply } from './webhook-reply.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';

test.each([
  [JSON_TYPE, '{"method":"sendMessage","chat_id":1,"text":"hi"}', { chat_id: 1, text: 'hi' }],
  [FORM_TYPE, 'method=sendMessage&chat_id=1&text=a+b', { chat_id: '1', text: 'a b' }],
])('an answer of %s may be a request', (type, body, params) => {
  expect(readReply(type, body)).toEqual({
    kind: 'reply',
    reply: { method: 'sendMessage', params },
  });
});

test.each([
  ['', '{"method":"sendMessage"}'],
  ['text/html', '{"method":"sendMessage"}'],
  [JSON_TYPE, ''],
  [JSON_TYPE, '{"method":'],
  [JSON_TYPE, '{}'],
  [JSON_TYPE, '[]'],
  [JSON_TYPE, 'null'],
  [JSON_TYPE, '{"method":1}'],
  [FORM_TYPE, 'ok'],
])('an answer of %j that is %j is none', (type, body) => {
  expect(readReply(type, body)).toEqual({ kind: 'none' });
});

test.each(['setWebhook', 'deleteWebhook', 'close', 'logOut', 'getUpdates', 'GETME', '../getMe'])(
  '%s is not carried out',
  (method) => {
    expect(readReply(JSON_TYPE, JSON.stringify({ method }))).toMatchObject({ kind: 'refused' });
  },
);

test('multipart answers are named, as Telegram would have taken them', () => {
  const body = '--x\r\nContent-Disposition: form-data; name="method"\r\n\r\nsendPhoto';
  expect(readReply('multipart/form-data; boundary=x', body)).toMatchObject({ kind: 'refused' });
});
