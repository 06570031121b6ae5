import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createScrub } from './scrub.ts';

const scrub = createScrub(['s3cr3t-of-ours', 'short']);

describe('a scrubbed text', () => {
  test.each([
    [
      'the token 123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1 is wrong',
      'the token 123456:*** is wrong',
    ],
    ['connect ECONNREFUSED 10.1.2.3:9092', 'connect ECONNREFUSED ***:9092'],
    ['from fe80::1:2 and 2001:db8:0:0:0:0:0:1', 'from *** and ***'],
    ['to ops+x@mail.example.com', 'to ***'],
    ['Authorization: Bearer abc.def-x', 'Authorization: Bearer ***'],
    ['at https://u:p@h.example.com:8443/bot/x?y=z', 'at https://h.example.com:8443/***'],
    ['no member "what somebody wrote"', 'no member "***"'],
    ["unexpected 'x y' and `z`", "unexpected '***' and `***`"],
    ['key dGhpcyBpcyBub3QgYSBzZWNyZXQ0Mg', 'key ***'],
    ['it says s3cr3t-of-ours', 'it says ***'],
  ])('of %s is %s', (text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  test.each([
    "it's fine; it can't be read at 12:30:45",
    'the store did not accept a flush in 30000 ms, 5 attempts',
    'hookpulse-aggregator: partition 11 of webhook.events',
  ])('keeps what is no secret: %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  test('never has a secret of the configuration in it', () => {
    const around = fc.string();
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9._~+/-]{8,40}$/),
        around,
        around,
        (secret, a, b) => {
          expect(createScrub([secret])(`${a} ${secret} ${b}`)).not.toContain(secret);
        },
      ),
    );
  });
});
