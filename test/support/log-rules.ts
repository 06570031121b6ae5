/**
 * What no log line of any process of any test may have. Every line that a started Hookpulse prints is
 * looked at; what is found fails the whole run at its end (`test/setup/global-teardown.ts`).
 */
import { appendFileSync } from 'node:fs';
import { LOG_PROBLEMS_VARIABLE } from '../setup/variables.ts';

const SECRETS: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a bot token', /(?<!\d)\d{6,19}(?::|%3A)[A-Za-z0-9_-]{30,}/],
  ['a bearer token', /\bBearer [A-Za-z0-9._~+/-]{8,}/i],
  ['a password in a URL', /[a-z]:\/\/[^\s/:@"]+:(?!\*\*\*)[^\s/@"]+@/i],
  [
    'a secret field',
    /"(?:webhook_secret|report_token|bot_token|password|secret)":"(?!\*\*\*|\[(?:Redacted|hidden)\])[^"]/i,
  ],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY/],
];
/** pino's number of level info, and how a stack looks within JSON. */
const IS_INFO = /^\{"level":30,/;
const STACK = /\\n\s+at [^"]*:\d+:\d+/;

/** What is wrong with a line; null: nothing. Lines that are not the logger's are for people, and not judged. */
export function logProblem(line: string): string | null {
  if (!line.startsWith('{"level":')) return null;
  const [found] = SECRETS.filter(([, pattern]) => pattern.test(line));
  if (found) return found[0];
  return IS_INFO.test(line) && STACK.test(line) ? 'a stack at level info' : null;
}

/** Takes note of a line that is wrong, for the end of the run. */
export function watchLogLine(line: string): void {
  const problem = logProblem(line);
  const file = process.env[LOG_PROBLEMS_VARIABLE];
  if (problem !== null && file !== undefined) appendFileSync(file, `${problem}: ${line}\n`);
}
