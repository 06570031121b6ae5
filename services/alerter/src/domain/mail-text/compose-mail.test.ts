/** The texts of mails: to the letter where the contract has them, and safe whatever bots are named. */
import type { WindowFacts } from '@hookpulse/common/alerts/rules/rule';
import {
  defaultRuleSettings,
  describeByRule,
  type RuleName,
} from '@hookpulse/common/alerts/rules/rules';
import {
  NO_EVENTS,
  SAMPLE_ENVIRONMENT,
} from '@hookpulse/common/alerts/rules/testing/sample-judging';
import { describe, expect, test } from '@jest/globals';
import { composeMail } from './compose-mail.ts';
import type { ToldTransition } from './mail-content.ts';

const WINDOW_MS = 900_000;
const BOT_ID = '123e4567-e89b-12d3-a456-426614174000';
const FIRED_AT = '2026-02-10T20:00:00.000Z';
const NOWHERE = { publicUrl: null, windowMs: WINDOW_MS };
const SOMEWHERE = { publicUrl: 'https://hookpulse.example.com/', windowMs: WINDOW_MS };

const SETTINGS = defaultRuleSettings(SAMPLE_ENVIRONMENT);

/** As the rule itself tells it. */
function found(
  rule: RuleName,
  facts: Partial<WindowFacts>,
  over: Partial<ToldTransition> = {},
): ToldTransition {
  const name = over.bot_name ?? 'MyBot';
  const nowMs = Date.parse(over.at ?? FIRED_AT);
  const forwarding = { oldestMs: nowMs - 420_000, backlog: 12, isPaused: false, isFailing: true };
  const bot = { name, watchedSinceMs: nowMs - WINDOW_MS, isHeard: true, forwarding };
  const at = { nowMs, knownSinceMs: nowMs - WINDOW_MS, windowMs: WINDOW_MS, absences: [] };
  const {
    sentence,
    severity,
    facts: told,
  } = describeByRule(rule, { ...NO_EVENTS, ...facts }, SETTINGS, bot, at);
  return {
    bot_id: BOT_ID,
    bot_name: name,
    rule,
    alert_id: 'a1',
    fired_at: FIRED_AT,
    sequence: 1,
    transition: 'firing',
    at: FIRED_AT,
    reason: sentence,
    severity,
    facts: { ...told },
    ...over,
  };
}

const failing = (over: Partial<ToldTransition> = {}) =>
  found('high_error_rate', { events: 100, errors: 15 }, over);

/** The text between tags, as it is read. */
function readable(html: string): string {
  return html
    .replace(/<title>.*<\/title>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

describe('one alert that fires', () => {
  test('high_error_rate, to the letter', () => {
    const { subject, text } = composeMail({ transition: 'firing', items: [failing()] }, NOWHERE);
    expect(subject).toBe('⚠️ High Webhook Error Rate: MyBot');
    expect(text).toBe(
      `Bot "MyBot" has 15.0% error rate (15/100 failed) in the last 15 minutes.\n\nBot ID: ${BOT_ID}\nTime: 2026-02-10 20:00:00`,
    );
  });

  test('signature_failures, to the letter', () => {
    const item = found('signature_failures', { signatureFailures: 7 });
    const { subject, text } = composeMail({ transition: 'firing', items: [item] }, NOWHERE);
    expect(subject).toBe('🔒 Webhook Security Alert: MyBot');
    expect(text).toBe(
      'Security alert for bot MyBot: 7 signature validation failures in last 15 minutes',
    );
  });

  test('no_traffic says what to check first', () => {
    const item = found('no_traffic', {});
    const { subject, text } = composeMail({ transition: 'firing', items: [item] }, NOWHERE);
    expect(subject).toBe('⚠️ No Webhook Traffic: MyBot');
    const blocks = text.split('\n\n');
    expect(blocks[0]).toBe('Bot "MyBot" has had no webhook traffic in the last 15 minutes.');
    expect(blocks[1]).toMatch(/^Check first:\n1\. Does Telegram .*\n2\. .*\n3\. .*$/);
    expect(blocks[2]).toBe(`Bot ID: ${BOT_ID}\nTime: 2026-02-10 20:00:00`);
  });

  test('forwarding_stuck says how long updates wait, and what to check', () => {
    const item = found('forwarding_stuck', {});
    const { subject, text } = composeMail({ transition: 'firing', items: [item] }, NOWHERE);
    expect(subject).toBe('📪 Updates Wait for the Bot: MyBot');
    expect(text).toContain('Bot "MyBot" has not taken an update for 7 minutes: 12 updates wait.');
    expect(text).toContain('npx hookpulse bot resume');
  });

  test('slow_processing speaks in the same way', () => {
    const item = found('slow_processing', { measured: 200, slow: 30 });
    const { subject, text } = composeMail({ transition: 'firing', items: [item] }, NOWHERE);
    expect(subject).toBe('🐢 Slow Webhook Processing: MyBot');
    expect(text).toBe(
      `Bot "MyBot" has a p95 processing time above 500 ms (15.0% took longer: 30/200) in the last 15 minutes.\n\nBot ID: ${BOT_ID}\nTime: 2026-02-10 20:00:00`,
    );
  });

  test('the HTML says the same as the text', () => {
    const mail = composeMail({ transition: 'firing', items: [found('no_traffic', {})] }, SOMEWHERE);
    const url = `https://hookpulse.example.com/bots/${BOT_ID}?from=2026-02-10T19:00Z`;
    const help = 'https://hookpulse.example.com/help#no-traffic';
    const said = mail.text
      .replace(url, 'Open MyBot in Hookpulse')
      .replace(`: ${help}`, '')
      .replaceAll(/\b\d\. /g, '')
      .replaceAll(/\s+/g, ' ');
    expect(readable(mail.html)).toBe(`${mail.subject} ${said.trim()}`);
    for (const place of [url, help]) expect(mail.html).toContain(`<a href="${place}">`);
  });

  test('there is a link to the bot when it is known where people reach it', () => {
    const group = { transition: 'firing', items: [failing()] } as const;
    const url = `https://hookpulse.example.com/bots/${BOT_ID}?from=2026-02-10T19:00Z`;
    const help = 'What to do: https://hookpulse.example.com/help#high-error-rate';
    expect(composeMail(group, SOMEWHERE).text.endsWith(`\n\n${url}\n\n${help}`)).toBe(true);
    expect(composeMail(group, NOWHERE).html).not.toContain('href');
  });

  test('a rule of a later version is told by its name and its reason', () => {
    const item = failing({ rule: 'queue_overflow', reason: 'The queue of MyBot is full.' });
    const { subject, text } = composeMail({ transition: 'firing', items: [item] }, NOWHERE);
    expect(subject).toBe('⚠️ Queue Overflow: MyBot');
    expect(text).toBe(
      `The queue of MyBot is full.\n\nBot ID: ${BOT_ID}\nTime: 2026-02-10 20:00:00`,
    );
    for (const rule of ['constructor', '__proto__', '\r\n', ' ']) {
      const mail = composeMail({ transition: 'firing', items: [failing({ rule })] }, NOWHERE);
      expect(mail.subject).toMatch(/^⚠️ .*: MyBot$/);
    }
  });
});

test('a reminder says since when and for how long, and what holds now', () => {
  const item = failing({ transition: 'reminder', at: '2026-02-10T20:30:05.000Z' });
  const { subject, text } = composeMail({ transition: 'reminder', items: [item] }, NOWHERE);
  expect(subject).toBe('🔁 Still firing: High Webhook Error Rate: MyBot');
  expect(text.split('\n\n')).toEqual([
    'Bot "MyBot" has 15.0% error rate (15/100 failed) in the last 15 minutes.',
    'It has been firing for 30 minutes 5 seconds, since 2026-02-10 20:00:00 (UTC).',
    `Bot ID: ${BOT_ID}\nTime: 2026-02-10 20:30:05`,
  ]);
});

test('a resolved mail says how long it lasted and why it ended', () => {
  const item = found(
    'high_error_rate',
    { events: 200, errors: 2 },
    { transition: 'resolved', at: '2026-02-10T21:42:00.000Z' },
  );
  const { subject, text } = composeMail({ transition: 'resolved', items: [item] }, NOWHERE);
  expect(subject).toBe('✅ Resolved: High Webhook Error Rate: MyBot');
  expect(text.split('\n\n')).toEqual([
    'Bot "MyBot" has 1.0% error rate (2/200 failed) in the last 15 minutes.',
    'It lasted 1 hour 42 minutes, from 2026-02-10 20:00:00 to 2026-02-10 21:42:00 (UTC).',
    `Bot ID: ${BOT_ID}\nTime: 2026-02-10 21:42:00`,
  ]);
});

describe('many alerts', () => {
  const bots = Array.from({ length: 500 }, (_, index) =>
    found(
      'high_error_rate',
      { events: 1_000, errors: 200 + index },
      {
        bot_id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
        bot_name: `bot-${index}`,
      },
    ),
  );

  test('500 bots are all named, worst first, in text and in HTML', () => {
    const { subject, text, html } = composeMail({ transition: 'firing', items: bots }, SOMEWHERE);
    expect(subject).toBe('⚠️ 500 bots: High Webhook Error Rate');
    const lines = text.split('\n');
    expect(lines[0]).toBe('500 alerts of 500 bots fire, judged over the last 15 minutes.');
    const rows = lines.filter((line) => line.startsWith('- '));
    expect(rows).toHaveLength(500);
    const url =
      'https://hookpulse.example.com/bots/00000000-0000-7000-8000-000000000499?from=2026-02-10T19:00Z';
    expect(rows[0]).toBe(`- bot-499: 69.9% (699/1000 failed) [${url}]`);
    expect(rows[499]).toContain('- bot-0: 20.0% (200/1000 failed) [');
    for (const { bot_id: id, bot_name: name } of bots) {
      expect(html).toContain(`<tr><td>${name}<td>`);
      expect(html).toContain(`/bots/${id}?from=2026-02-10T19:00Z">${id}</a>`);
      expect(text).toContain(`- ${name}: `);
      expect(text).toContain(`/bots/${id}?from=2026-02-10T19:00Z]`);
    }
    expect(html.indexOf('bot-499')).toBeLessThan(html.indexOf('bot-498'));
    // What is longer than this, Gmail cuts off.
    expect(Buffer.byteLength(html)).toBeLessThan(102_000);
  });

  test('alerts of several rules have a section each, and totals on top', () => {
    const [worst, ...rest] = bots.slice(0, 12);
    if (!worst) throw new Error('there are bots');
    const silent = [worst, ...rest].map(({ bot_id, bot_name }) =>
      found('no_traffic', {}, { bot_id, bot_name }),
    );
    const unknown = { ...worst, rule: 'queue_overflow', reason: 'The queue is full.' };
    const items = [unknown, ...silent, ...bots];
    const { subject, text } = composeMail({ transition: 'firing', items }, NOWHERE);
    expect(subject).toBe('⚠️ 513 alerts of 500 bots');
    const blocks = text.split('\n\n');
    expect(blocks.slice(0, 4)).toEqual([
      '513 alerts of 500 bots fire, judged over the last 15 minutes.',
      'High Webhook Error Rate: 500 bots',
      'No Webhook Traffic: 12 bots',
      'Queue Overflow: bot-0',
    ]);
    expect(blocks[4]?.split('\n')).toHaveLength(501);
    expect(blocks[5]?.split('\n').slice(0, 2)).toEqual([
      '⚠️ No Webhook Traffic: 12 bots',
      `- bot-0: no events for 15 minutes [${worst.bot_id}]`,
    ]);
    expect(blocks[6]).toMatch(/^Check first:/);
    expect(blocks[7]?.split('\n')[1]).toBe(`- bot-0: The queue is full. [${worst.bot_id}]`);
    expect(blocks[8]).toBe('Time: 2026-02-10 20:00:00');
  });

  test('reminders and resolved ones are gathered in the same way', () => {
    const at = '2026-02-10T20:42:00.000Z';
    const reminded = bots.map((item) => ({ ...item, transition: 'reminder', at }) as const);
    const reminder = composeMail({ transition: 'reminder', items: reminded }, NOWHERE);
    expect(reminder.subject).toBe('🔁 Still firing: 500 bots: High Webhook Error Rate');
    expect(reminder.text).toContain('- bot-7: 20.7% (207/1000 failed), firing for 42 minutes [');
    const items = bots.map((item) => ({ ...item, transition: 'resolved', at }) as const);
    const resolved = composeMail({ transition: 'resolved', items }, NOWHERE);
    expect(resolved.subject).toBe('✅ Resolved: 500 bots: High Webhook Error Rate');
    expect(resolved.text.split('\n')[0]).toBe('500 alerts of 500 bots are resolved.');
    expect(resolved.text).toContain('- bot-7: lasted 42 minutes, now: 20.7% (207/1000 failed) [');
  });

  test('what ended without numbers is told by its reason', () => {
    const removed = { transition: 'resolved', facts: {}, reason: 'The bot was removed.' } as const;
    const items = bots.slice(0, 2).map((item) => ({ ...item, ...removed }));
    const { text } = composeMail({ transition: 'resolved', items }, NOWHERE);
    expect(text).toContain('- bot-0: lasted 0 seconds, now: The bot was removed. [');
  });

  test('several alerts of one bot name it in the subject', () => {
    const items = [failing(), found('signature_failures', { signatureFailures: 7 })];
    const { subject } = composeMail({ transition: 'firing', items }, NOWHERE);
    expect(subject).toBe('⚠️ 2 alerts of MyBot');
  });

  test('the same alerts make the same mail in whatever order they come', () => {
    const equal = bots.map((item) => ({ ...item, severity: 1 }));
    const options = SOMEWHERE;
    const there = composeMail({ transition: 'firing', items: equal }, options);
    const back = composeMail({ transition: 'firing', items: equal.toReversed() }, options);
    expect(back).toEqual(there);
  });
});

describe('names that people chose', () => {
  const HOSTILE = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "it's a 'bot' & more",
    'a\r\nBcc: victim@example.com',
    'line\u2028separator\u2029\u0085\u0000\u001b[31m',
    '\u202egnp.exe\u202c\u2066',
    'שלום עולם',
    '\ud800 alone',
    '😀'.repeat(200),
    '\r\n',
  ];

  test.each(HOSTILE)('%j', (name) => {
    const item = failing({ bot_name: name });
    for (const items of [[item], [item, { ...item, bot_id: 'other' }]]) {
      for (const transition of ['firing', 'reminder', 'resolved'] as const) {
        const { subject, text, html, headers } = composeMail({ transition, items }, SOMEWHERE);
        expect(subject).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
        expect(subject.isWellFormed() && text.isWellFormed() && html.isWellFormed()).toBe(true);
        expect([...subject].length).toBeLessThan(160);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u);
        expect(text).not.toMatch(/^Bcc/m);
        expect(html).not.toMatch(/<script|<img|\u202e|\r/);
        expect(Object.values(headers).join()).not.toMatch(/[^\w., -]/);
      }
    }
  });

  test('are read in HTML as they are written', () => {
    const bot_name = '<b>"A" & \'B\'</b>';
    const { html } = composeMail({ transition: 'firing', items: [failing({ bot_name })] }, NOWHERE);
    expect(readable(html)).toContain(`Bot "${bot_name}" has 15.0% error rate`);
  });

  test('letters written right to left stay', () => {
    const { subject } = composeMail(
      { transition: 'firing', items: [failing({ bot_name: 'שלום' })] },
      NOWHERE,
    );
    expect(subject).toBe('⚠️ High Webhook Error Rate: שלום');
  });
});

test('headers say what machines sort by', () => {
  const one = composeMail({ transition: 'firing', items: [failing()] }, NOWHERE);
  expect(one.headers).toEqual({
    'X-Hookpulse-Transition': 'firing',
    'X-Hookpulse-Rules': 'high_error_rate',
    'X-Hookpulse-Alerts': '1',
    'X-Hookpulse-Bot': BOT_ID,
  });
});
