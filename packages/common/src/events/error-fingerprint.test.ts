/** Which errors are the same: by a corpus of messages grouped by hand, and rules for all messages. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ERROR_FINGERPRINT_PATTERN, errorFingerprint, isFailure } from './error-fingerprint.ts';
import { errorPattern } from './error-pattern.ts';
import { ERROR_CORPUS } from './testing/error-corpus.ts';

const fingerprint = (error_type: string | null, error_message: string | null) =>
  errorFingerprint({ error_type, error_message });

describe('the corpus', () => {
  const messages = ERROR_CORPUS.flatMap(({ type, messages }, group) =>
    messages.map((message) => ({ group, type, message, print: fingerprint(type, message) })),
  );

  test('has 300 messages or more', () => {
    expect(messages.length).toBeGreaterThanOrEqual(300);
  });

  /**
   * Pairs of messages of one type: those of other types are apart by their types alone, and would make any
   * figure look good.
   */
  const pairs = messages.flatMap((a, at) =>
    messages
      .slice(at + 1)
      .filter((b) => b.type === a.type)
      .map((b) => ({ a, b, together: a.group === b.group, grouped: a.print === b.print })),
  );
  const shown = ({ a, b }: (typeof pairs)[number]) => [a.type, a.message, b.message];

  test('is grouped as a person would: precision and recall of pairs are 1', () => {
    const wronglyApart = pairs.filter(({ together, grouped }) => together && !grouped);
    const wronglyTogether = pairs.filter(({ together, grouped }) => !together && grouped);
    expect({ wronglyApart: wronglyApart.map(shown) }).toEqual({ wronglyApart: [] });
    expect({ wronglyTogether: wronglyTogether.map(shown) }).toEqual({ wronglyTogether: [] });
    const grouped = pairs.filter((pair) => pair.grouped).length;
    const right = pairs.filter((pair) => pair.grouped && pair.together).length;
    const together = pairs.filter((pair) => pair.together).length;
    expect({ precision: right / grouped, recall: right / together }).toEqual({
      precision: 1,
      recall: 1,
    });
  });

  test('tells errors of different types apart', () => {
    expect(fingerprint('A', 'x')).not.toBe(fingerprint('B', 'x'));
    expect(fingerprint('A', null)).not.toBe(fingerprint(null, 'A'));
  });
});

describe('the pattern', () => {
  test.each([
    ["cannot read amount: '12,50 €'", 'cannot read amount: <text>'],
    ['user 123 not found', 'user <number> not found'],
    ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <address>'],
    ['connect to [2001:db8::1]:443 failed', 'connect to <address> failed'],
    ['connect to 2001:db8::1 failed', 'connect to <address> failed'],
    ['GET https://a.example/x?y=1, tried 3 times', 'GET <url>, tried <number> times'],
    ['ENOENT, open /srv/bot/a.jpg', 'ENOENT, open <path>'],
    ['cannot open C:\\bot\\state.db now', 'cannot open <path> now'],
    ['at 0x7f3b1c2d', 'at <id>'],
    ['order 550e8400-e29b-41d4-a716-446655440000 failed', 'order <id> failed'],
    ['commit 9fceb02d0ae598e95dc970b74767f19372d61af8', 'commit <id>'],
    ['mail to ann.lee+x@example.co.uk bounced', 'mail to <email> bounced'],
    ['token 123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1 is wrong', 'token <token> is wrong'],
    ['since 2026-02-10T20:00:00.123Z', 'since <time>'],
    ['Request failed with status code 404', 'Request failed with status code 404'],
    ["can't parse the user's name", "can't parse the user's name"],
    ['wanted [1, 2, 3]', 'wanted <object>'],
    ['bad body {"a":{"b":[1,2]}}', 'bad body <object>'],
    ["'delivery_slot'", 'delivery_slot'],
    ['  two\nlines ', 'two'],
    ['', ''],
    [null, ''],
  ])('of %j is %j', (message, pattern) => {
    expect(errorPattern(message)).toBe(pattern);
  });
});

test.each([
  ['ends', `${'a'.repeat(299)}😀 and more`],
  ['is read', `failed "${'a'.repeat(480)}" ${'b'.repeat(9)}😀`],
])('the pattern holds no half of a character where it %s within one', (_where, message) => {
  expect(errorPattern(message).isWellFormed()).toBe(true);
});

const WORD = fc.stringMatching(/^[a-z]{3,8}$/);
const VARIABLE = fc.oneof(
  fc.integer().map(String),
  fc.uuid(),
  fc.ipV4(),
  fc.webUrl().filter((url) => !/[()'"]/.test(url)),
  fc.stringMatching(/^[a-z ]{0,10}$/).map((text) => `"${text}"`),
);

test('what differs between occurrences makes no difference, whatever stands around it', () => {
  const kinds = [
    fc.tuple(fc.nat().map(String), fc.nat().map(String)),
    fc.tuple(fc.uuid(), fc.uuid()),
    fc.tuple(fc.ipV4(), fc.ipV4()),
    fc.tuple(
      fc.stringMatching(/^[a-z ]{0,10}$/).map((text) => `"${text}"`),
      fc.stringMatching(/^[a-z0-9 ]{0,10}$/).map((text) => `"${text}"`),
    ),
  ];
  fc.assert(
    fc.property(WORD, WORD, fc.oneof(...kinds), (before, after, [a, b]) => {
      const message = (value: string) => `${before} ${value} ${after}`;
      expect(errorPattern(message(a))).toBe(errorPattern(message(b)));
    }),
  );
});

test('any message has a fingerprint of its form, the same every time, and a pattern of one line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), VARIABLE), (message) => {
      expect(fingerprint('E', message)).toMatch(new RegExp(ERROR_FINGERPRINT_PATTERN));
      expect(fingerprint('E', message)).toBe(fingerprint('E', message));
      expect(errorPattern(message)).not.toMatch(/[\r\n]/);
    }),
  );
});

test('is the same over releases', () => {
  expect(fingerprint('ValueError', "cannot read amount: 'x'")).toBe('852495384adbc1ea');
});

test('failures are what the contract counts as errors', () => {
  expect(isFailure({ event_type: 'error', status: 'failed' })).toBe(true);
  expect(isFailure({ event_type: 'received', status: 'failed' })).toBe(true);
  expect(isFailure({ event_type: 'received', status: 'success' })).toBe(false);
  expect(isFailure({ event_type: 'response_sent', status: 'failed' })).toBe(false);
});
