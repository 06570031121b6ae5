import { describe, expect, test } from '@jest/globals';
import { logProblem } from './log-rules.ts';

describe('a log line', () => {
  test.each([
    ['a bot token', '{"level":40,"msg":"to /bot123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/x"}'],
    ['a bearer token', '{"level":30,"headers":"Bearer abcdefgh1"}'],
    ['a password in a URL', '{"level":30,"url":"smtp://ops:hunter2@mail:25"}'],
    ['a secret field', '{"level":30,"bot":{"webhook_secret":"hunter2"}}'],
    ['a private key', '{"level":50,"pem":"-----BEGIN PRIVATE KEY-----"}'],
    [
      'a stack at level info',
      '{"level":30,"err":{"stack":"Error: no\\n    at f (file:///x.ts:1:2)"}}',
    ],
  ])('with %s is told', (problem, line) => {
    expect(logProblem(line)).toBe(problem);
  });

  test.each([
    '{"level":50,"err":{"stack":"Error: no\\n    at f (file:///x.ts:1:2)"},"msg":"request failed"}',
    '{"level":30,"SMTP_URL":"smtp://ops:***@mail:25","ADMIN_TOKEN":"***"}',
    '{"level":30,"webhook":"123456:***"}',
    '{"level":30,"audit":{"changed":{"webhook_secret":"[hidden]"}}}',
    'The admin token is for you: 123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1',
  ])('is fine: %s', (line) => {
    expect(logProblem(line)).toBeNull();
  });
});
