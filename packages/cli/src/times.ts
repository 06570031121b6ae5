/** Times as people type them: ISO 8601 in UTC unless it says otherwise, or how long ago. */
import { parseMoment } from '@hookpulse/common/values/moment';
import { CommandError } from './command-error.ts';

const AGO = /^(\d{1,6})\s*(m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const DATE = /^\d{4}-\d\d-\d\d$/;

export const TIME_FORMS =
  'ISO 8601 in UTC (2026-02-10, 2026-02-10T20:00), or how long ago (24h, 7d)';

/** The same ahead of now: `24h` is in a day. @throws CommandError */
export function parseAhead(text: string, option: string, nowMs: number): number {
  const isSpan = AGO.test(text.trim());
  const timeMs = parseTime(text, option, nowMs);
  return isSpan ? nowMs + (nowMs - timeMs) : timeMs;
}

/** Milliseconds since the epoch. @param option - named in the error  @throws CommandError */
export function parseTime(text: string, option: string, nowMs: number): number {
  const typed = text.trim();
  const [, count, unit = ''] = AGO.exec(typed) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  const timeMs =
    parseMoment(DATE.test(typed) ? `${typed}T00:00Z` : typed) ?? parseMoment(`${typed}Z`);
  if (timeMs === null) throw new CommandError(`${option} must be ${TIME_FORMS}, not ${text}`);
  return timeMs;
}
