import { describe, expect, test } from '@jest/globals';
import { readUpdate } from './update.ts';

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

describe('readUpdate', () => {
  test.each([
    ['{"update_id":5,"message":{}}', 5, 'message'],
    ['{"callback_query":{},"update_id":5}', 5, 'callback_query'],
    ['{"update_id":-1,"something_new":{}}', -1, 'something_new'],
    ['{"update_id":0}', 0, null],
    ['{"update_id":1,"Not a name":{},"a\\"b":{}}', 1, null],
    [`{"update_id":1,"${'x'.repeat(65)}":{}}`, 1, null],
    // What was refused once: the bot judges it, not we.
    ['{"update_id":1,"__proto__":{"update_id":2},"message":{}}', 1, 'message'],
    ['{"update_id":1,"message":{"constructor":{"prototype":{}}}}', 1, 'message'],
    ['{"update_id":1,"message":{"text":"\\ud800 \\u0000"}}', 1, 'message'],
    ['{"update_id":1,"\\udc00":1,"message":{}}', 1, 'message'],
    [`{"update_id":1,"message":${nested(500_000)}}`, 1, 'message'],
    ['{"update_id":1,"message":{"n":1e999999,"i":123456789012345678901234567890}}', 1, 'message'],
    ['{"update_id":"x","update_id":1,"message":1,"message":2}', 1, 'message'],
    ['{"update_id":1.0}', 1, null],
    ['{"update_id":9007199254740991}', 9007199254740991, null],
  ])('reads %.60s', (text, updateId, updateType) => {
    expect(readUpdate(text)).toEqual({ kind: 'update', update: { updateId, updateType } });
  });

  test.each(['null', '"text"', '5', '[{"update_id":5}]'])('knows that %s is no object', (text) => {
    expect(readUpdate(text)).toEqual({ kind: 'bad', problem: 'The body is not a JSON object.' });
  });

  test.each(['', '{', '{"update_id":5', 'update_id=5', '{"update_id":5}{}', '\uFEFF\uFEFF{}'])(
    'knows that %j is no JSON',
    (text) => {
      expect(readUpdate(text)).toEqual({ kind: 'bad', problem: 'The body is not valid JSON.' });
    },
  );

  test.each([
    '{}',
    '{"update_id":null}',
    '{"update_id":"5"}',
    '{"update_id":1.5}',
    '{"update_id":1e999}',
    '{"update_id":9007199254740992}',
    '{"update_id":[5]}',
    '{"__proto__":{"update_id":1}}',
  ])('finds no id in %s', (text) => {
    expect(readUpdate(text)).toEqual({
      kind: 'bad',
      problem: 'The body has no integer update_id.',
    });
  });
});
