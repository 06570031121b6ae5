/** Times as people type them: ISO 8601 in UTC unless it says otherwise, or how long ago. */
import { CommandError } from './command-error.ts';

const AGO = /^(\d+)\s*(m|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
/** A date, or a date and a time without a zone; ECMAScript would take the second for local time. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/;
const WITH_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/i;

export const TIME_FORMS =
  'ISO 8601 in UTC (2026-02-10, 2026-02-10T20:00), or how long ago (24h, 7d)';

/** Milliseconds since the epoch. @param option - named in the error  @throws CommandError */
export function parseTime(text: string, option: string, nowMs: number): number {
  const typed = text.trim();
  const [, count, unit = ''] = AGO.exec(typed) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (UNIT_MS[unit] ?? 0);
  const iso = typed.replace(' ', 'T');
  const timeMs = WITHOUT_ZONE.test(typed)
    ? Date.parse(iso.includes('T') ? `${iso}Z` : iso)
    : WITH_ZONE.test(typed)
      ? Date.parse(iso)
      : Number.NaN;
  if (Number.isNaN(timeMs)) throw new CommandError(`${option} must be ${TIME_FORMS}, not ${text}`);
  return timeMs;
}
