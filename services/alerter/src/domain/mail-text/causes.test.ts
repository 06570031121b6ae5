/** What a mail says about causes, below the words of the contract. */
import type { ErrorCause } from '@hookpulse/common/events/error-cause';
import { expect, test } from '@jest/globals';
import { composeMail } from './compose-mail.ts';
import type { ToldTransition } from './mail-content.ts';

const OPTIONS = { publicUrl: 'https://ops.example.com', windowMs: 900_000 };
const AMOUNT: ErrorCause = {
  fingerprint: 'a'.repeat(16),
  error_type: 'ValueError',
  error_message: "cannot read amount: '12,50 €'",
  count: 97,
  failures: 100,
  since: '2026-02-10T22:10:31.000Z',
  update_types: ['callback_query'],
};
const FLOOD: ErrorCause = {
  ...AMOUNT,
  fingerprint: 'b'.repeat(16),
  error_type: 'RetryAfter',
  error_message: 'retry after 27',
  count: 3,
};

const failing = (causes: ErrorCause[], over: Partial<ToldTransition> = {}): ToldTransition => ({
  bot_id: 'shop',
  bot_name: 'Shop',
  rule: 'high_error_rate',
  alert_id: 'a1',
  fired_at: '2026-02-10T22:20:00.000Z',
  sequence: 1,
  transition: 'firing',
  at: '2026-02-10T22:20:00.000Z',
  reason: 'Bot "Shop" has 50.0% error rate (100/200 failed) in the last 15 minutes.',
  severity: 0.5,
  facts: { events: 200, errors: 100 },
  causes,
  ...over,
});

test('the leading cause and the largest groups follow the words of the contract', () => {
  const { text, html } = composeMail(
    { transition: 'firing', items: [failing([AMOUNT, FLOOD])] },
    OPTIONS,
  );
  expect(text).toBe(
    [
      'Bot "Shop" has 50.0% error rate (100/200 failed) in the last 15 minutes.',
      'Bot ID: shop\nTime: 2026-02-10 22:20:00',
      'ValueError: cannot read amount: 97% of failures since 22:10 (UTC), callback queries only',
      'Largest groups of errors:\n1. ValueError: cannot read amount: 97 of 100 failures (97.0%)\n2. RetryAfter: retry after: 3 of 100 failures (3.0%)',
      'https://ops.example.com/bots/shop?from=2026-02-10T21:20Z',
      'What to do: https://ops.example.com/help#high-error-rate',
    ].join('\n\n'),
  );
  // What people wrote stays where one signs in.
  expect(text + html).not.toMatch(/12,50/);
  expect(html).toContain('<li>RetryAfter: retry after: 3 of 100 failures (3.0%)</li>');
});

test('of many bots the causes are summed, and three are named', () => {
  const causes = ['a', 'b', 'c', 'd'].map((letter, at) => ({
    ...AMOUNT,
    fingerprint: letter.repeat(16),
    error_type: `E${letter}`,
    count: 10 - at,
  }));
  const items = ['x', 'y'].map((bot_id) => failing(causes, { bot_id, bot_name: bot_id }));
  const { text } = composeMail({ transition: 'firing', items }, OPTIONS);
  expect(text).toContain('1. Ea: cannot read amount: 20 of 200 failures (10.0%)');
  expect(text).toContain('Ea: cannot read amount: 10% of failures since');
  expect(text).toContain('\n3. Ec');
  expect(text).not.toContain('4. Ed');
});

test('the share in the sentence is of the failures of all alerts, as in the rows', () => {
  const items = [failing([AMOUNT]), failing([{ ...FLOOD, count: 60 }], { bot_id: 'b' })];
  const { text } = composeMail({ transition: 'firing', items }, OPTIONS);
  expect(text).toContain('ValueError: cannot read amount: 49% of failures since');
  expect(text).toContain('1. ValueError: cannot read amount: 97 of 200 failures (48.5%)');
});

test('what began on another day is told with its date', () => {
  const { text } = composeMail(
    { transition: 'reminder', items: [failing([AMOUNT], { at: '2026-02-11T00:20:00.000Z' })] },
    OPTIONS,
  );
  expect(text).toContain('97% of failures since 2026-02-10 22:10 (UTC)');
});

test('an alert that is over, or is no matter of errors, names none', () => {
  const over = failing([AMOUNT], { transition: 'resolved' });
  const { causes: _, ...other } = failing([]);
  for (const item of [over, other]) {
    const { text } = composeMail({ transition: item.transition, items: [item] }, OPTIONS);
    expect(text).not.toMatch(/Largest groups|ValueError/);
  }
});

test('hostile messages stay on their line, and are no HTML', () => {
  const hostile = { ...AMOUNT, error_type: '<b>\r\nBcc: x', error_message: '<img src=x>\u202e' };
  const { text, html } = composeMail(
    { transition: 'firing', items: [failing([hostile])] },
    OPTIONS,
  );
  expect(text).not.toMatch(/^Bcc|\u202e/m);
  expect(html).not.toMatch(/<img|<b>/);
});
