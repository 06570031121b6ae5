import { describe, expect, test } from '@jest/globals';
import { readForwardedUpdate } from './read-update.ts';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');
const place = { botId: 'a', offset: 5n, logTimeMs: NOW_MS, replayId: null, traceparent: null };

function record(update: string): string {
  return `{"bot_id":"a","received_at":"2026-02-10T20:00:00.000Z","update":${update}}`;
}

function expiryAfterMs(update: object): number | undefined {
  const read = readForwardedUpdate(record(JSON.stringify(update)), place);
  return read ? read.expiresAtMs - NOW_MS : undefined;
}

test('the body is what Telegram sent, number by number', () => {
  const update = '{"update_id":1,\n"message":{"chat":{"id":-1001234567890123456789},"x":1.50e2}}';
  expect(readForwardedUpdate(record(update), place)).toMatchObject({
    ...place,
    body: update,
    updateId: 1,
    updateType: 'message',
  });
});

test('a deep body is taken', () => {
  const deep = `{"update_id":1,"message":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  expect(readForwardedUpdate(record(deep), place)?.body).toBe(deep);
});

test('a record of another program is read, whatever the order of its fields', () => {
  const text = JSON.stringify(
    { update: { update_id: 1, poll: { id: '1' } }, bot_id: 'a' },
    null,
    1,
  );
  expect(readForwardedUpdate(text, place)).toMatchObject({
    body: '{"update_id":1,"poll":{"id":"1"}}',
    queue: 'poll:1',
  });
  const behind = record('{"update_id":1},"x":{}');
  expect(readForwardedUpdate(behind, place)?.body).toBe('{"update_id":1}');
});

test.each(['', '{}', 'null', '[]', '{"update":1}', '{"update":[]}', record('{"update_id":1')])(
  '%j is no update',
  (text) => {
    expect(readForwardedUpdate(text, place)).toBeNull();
  },
);

describe('an update expires', () => {
  test.each([
    ['callback_query', 150],
    ['shipping_query', 150],
    ['pre_checkout_query', 150],
    ['inline_query', 30],
    ['chosen_inline_result', 600],
    ['poll', 86_400],
    ['brand_new', 86_400],
  ])('%s: after %d s', (kind, seconds) => {
    expect(expiryAfterMs({ update_id: 1, [kind]: { from: { id: 1 } } })).toBe(seconds * 1_000);
  });

  const nowS = NOW_MS / 1_000;
  test.each([
    [{ date: nowS - 3_600 }, 82_800],
    [{ date: nowS - 7_200, edit_date: nowS - 3_600 }, 82_800],
    [{ date: nowS + 60 }, 86_400],
    [{ date: 'today' }, 86_400],
    [{}, 86_400],
    [{ date: nowS - 90_000 }, 86_400],
  ])('a message of %j: after %d s', (fields, seconds) => {
    expect(expiryAfterMs({ update_id: 1, message: fields })).toBe(seconds * 1_000);
  });
});

test('an update that is replayed has its whole time from then on, in its old queue', () => {
  const text = record(
    JSON.stringify({ update_id: 1, message: { date: NOW_MS / 1_000 - 86_000, chat: { id: 7 } } }),
  );
  const first = readForwardedUpdate(text, place);
  const replayed = readForwardedUpdate(text, { ...place, replayId: 'r' });
  expect(first?.expiresAtMs).toBe(NOW_MS + 400_000);
  expect(replayed?.expiresAtMs).toBe(NOW_MS + 86_400_000);
  expect(replayed?.queue).toBe(first?.queue);
});
