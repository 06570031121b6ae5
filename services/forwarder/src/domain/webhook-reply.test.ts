import { expect, test } from '@jest/globals';
import { type ReadReply, readReply } from './webhook-reply.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';
const MULTIPART_TYPE = 'multipart/form-data; boundary=Xy';

const read = (contentType: string, body: string | Uint8Array, isWhole = true) =>
  readReply({ contentType, body: Buffer.from(body), isWhole });

/** As libraries write it: with a type for each part, and bytes that are no UTF-8 in a file. */
function multipart(fields: Readonly<Record<string, string>>, file?: Uint8Array): Buffer {
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--Xy\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const head =
    '--Xy\r\nContent-Type: application/octet-stream\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n';
  const filePart = file ? [Buffer.from(head), file, Buffer.from('\r\n')] : [];
  return Buffer.concat([Buffer.from(parts.join('')), ...filePart, Buffer.from('--Xy--\r\n')]);
}

test.each([
  [JSON_TYPE, '{"method":"sendMessage","chat_id":1,"text":"hi"}', { chat_id: 1, text: 'hi' }],
  [FORM_TYPE, 'method=sendMessage&chat_id=1&text=a+b', { chat_id: '1', text: 'a b' }],
])('an answer of %s may be a request', async (type, body, params) => {
  expect(await read(type, body)).toEqual({
    kind: 'reply',
    reply: { method: 'sendMessage', params },
  });
});

test('a byte order mark before it is none of it', async () => {
  expect(await read(JSON_TYPE, '\uFEFF{"method":"sendMessage"}')).toMatchObject({ kind: 'reply' });
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
])('an answer of %j that is %j is none', async (type, body) => {
  expect(await read(type, body)).toEqual({ kind: 'none' });
});

test.each(['setWebhook', 'deleteWebhook', 'close', 'logOut', 'getUpdates', 'GETME', '../getMe'])(
  '%s is not carried out',
  async (method) => {
    const answers = await Promise.all([
      read(JSON_TYPE, JSON.stringify({ method })),
      read(MULTIPART_TYPE, multipart({ method })),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'refused' });
  },
);

test('a multipart answer may be a request, with a file whose bytes stay as they are', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const fields = { method: 'sendPhoto', chat_id: '1', photo: 'attach://picture' };
  const form = formOf(await read(MULTIPART_TYPE, multipart(fields, bytes)), 'sendPhoto');
  expect(form.has('method')).toBe(false);
  expect(form.get('chat_id')).toBe('1');
  const file = form.get('picture');
  if (!(file instanceof File)) throw new Error('the file is missing');
  expect(file.name).toBe('a.png');
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
});

test.each([
  ['without a method', MULTIPART_TYPE, multipart({ chat_id: '1' })],
  ['without parts', MULTIPART_TYPE, Buffer.from('--Xy--\r\n')],
  ['cut off by the bot', MULTIPART_TYPE, multipart({ method: 'sendPhoto' }).subarray(0, -12)],
  ['without a boundary', 'multipart/form-data', multipart({ method: 'sendPhoto' })],
])('a multipart answer %s is none', async (_, type, body) => {
  expect(await read(type, body)).toEqual({ kind: 'none' });
});

test.each([
  [JSON_TYPE, '{"method":"sendMessage","text":"'],
  [FORM_TYPE, 'chat_id=1&method=sendMessage&text='],
  [MULTIPART_TYPE, multipart({ method: 'sendPhoto' })],
])(
  'an answer of %s that is longer than is read is not carried out, and that is said',
  async (type, body) => {
    expect(await read(type, body, false)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(/^is longer than \d+ bytes/),
    });
    expect(await read(type, 'a page', false)).toEqual({ kind: 'none' });
  },
);

function formOf(read: ReadReply, method: string): FormData {
  if (read.kind !== 'reply') throw new Error(`it is ${read.kind}`);
  expect(read.reply.method).toBe(method);
  if (!(read.reply.params instanceof FormData)) throw new Error('it is no form');
  return read.reply.params;
}
