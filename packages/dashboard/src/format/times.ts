/** Times in the viewer's zone, in UTC, and as how long ago. */

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { lazy } from './lazy.ts';
import { formatCount } from './numbers.ts';

const YEAR_MS = 365 * DAY_MS;
/** A day before the end, so that the year is of four digits in every zone. */
const MAX_TIME_MS = Date.UTC(9999, 11, 31);
/** The last moment of a field of date and time: browsers let a year be of six digits otherwise. */
export const LAST_LOCAL_DATE_TIME = '9999-12-31T23:59';
/** Of such a field. */
export const NO_MOMENT = 'Enter a date and a time.';

const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const SHORT = lazy(
  () => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', ...CLOCK }),
);
const FULL = lazy(
  () =>
    new Intl.DateTimeFormat('en-GB', {
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      ...CLOCK,
      second: '2-digit',
      timeZoneName: 'short',
    }),
);
const PRECISE = lazy(
  () =>
    new Intl.DateTimeFormat('en-GB', {
      ...CLOCK,
      second: '2-digit',
      fractionalSecondDigits: 3,
    }),
);
const SECONDS = lazy(
  () =>
    new Intl.DateTimeFormat('en-GB', {
      day: 'numeric',
      month: 'short',
      ...CLOCK,
      second: '2-digit',
    }),
);
const CLOCK_TIME = lazy(() => new Intl.DateTimeFormat('en-GB', CLOCK));
const DAY = lazy(() => new Intl.DateTimeFormat('en-GB', { dateStyle: 'short' }));
const UTC_DAY = lazy(
  () =>
    new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      timeZone: 'UTC',
    }),
);
const HOUR = lazy(() => new Intl.DateTimeFormat('en-GB', { weekday: 'short', ...CLOCK }));

/** `24 Nov, 14:03`, in the viewer's zone */
export function formatShort(timeMs: number): string {
  return SHORT().format(timeMs);
}

/** `24 Nov 2026, 14:03:22 CET`, in the viewer's zone */
export function formatFull(timeMs: number): string {
  return FULL().format(timeMs);
}

/** `14:03:22.123`, in the viewer's zone: for lists of what happened within a day */
export function formatPrecise(timeMs: number): string {
  return PRECISE().format(timeMs);
}

/** `14:03:22.123` of today, `24 Nov, 14:03:22` of other days, in the viewer's zone */
export function formatMoment(timeMs: number, nowMs: number): string {
  const isToday = DAY().format(timeMs) === DAY().format(nowMs);
  return isToday ? formatPrecise(timeMs) : SECONDS().format(timeMs);
}

/** `14:03` of the last 12 hours, `24 Nov, 14:03` of before, in the viewer's zone */
export function formatClock(timeMs: number, nowMs: number): string {
  return nowMs - timeMs < 12 * HOUR_MS ? CLOCK_TIME().format(timeMs) : formatShort(timeMs);
}

/** `Tue 14:00`, in the viewer's zone */
export function formatHour(timeMs: number): string {
  return HOUR().format(timeMs);
}

/** `Tue 24 Nov`, the day that it is in UTC: days are counted in UTC */
export function formatUtcDay(timeMs: number): string {
  return UTC_DAY().format(timeMs);
}

/** `2026-11-24 13:03:22 UTC` */
export function formatUtc(timeMs: number): string {
  const [date = '', time = ''] = iso(timeMs).split('T');
  return `${date} ${time.slice(0, 8)} UTC`;
}

/** A moment as a browser's field of date and time takes it, in the viewer's zone: `2026-11-24T14:03` */
export function localDateTime(timeMs: number): string {
  const offsetMs = new Date(timeMs).getTimezoneOffset() * MINUTE_MS;
  return iso(timeMs - offsetMs).slice(0, 16);
}

/** What such a field says, in milliseconds since the epoch; null: it is no known time. */
export function momentOfLocal(text: string): number | null {
  const timeMs = new Date(text).getTime();
  return isKnownTime(timeMs) ? timeMs : null;
}

/** False: it is none, or of a year that neither the API nor a field of date and time takes. */
export function isKnownTime(timeMs: number): boolean {
  return timeMs >= 0 && timeMs <= MAX_TIME_MS;
}

/** `just now`, `40 s ago`, `5 min ago`, `3 h ago`, `2 d ago`; of what is to come `in 5 min` */
export function formatAgo(timeMs: number, nowMs: number): string {
  const agoMs = nowMs - timeMs;
  if (Math.abs(agoMs) < 5 * SECOND_MS) return 'just now';
  const span = formatSpan(Math.abs(agoMs));
  return agoMs > 0 ? `${span} ago` : `in ${span}`;
}

/** The largest unit of it, cut: `40 s`, `5 min`, `3 h`, `2 d`, `3 y` */
export function formatSpan(spanMs: number): string {
  if (spanMs < MINUTE_MS) return `${Math.floor(spanMs / SECOND_MS)} s`;
  if (spanMs < HOUR_MS) return `${Math.floor(spanMs / MINUTE_MS)} min`;
  if (spanMs < 2 * DAY_MS) return `${Math.floor(spanMs / HOUR_MS)} h`;
  if (spanMs < 2 * YEAR_MS) return `${Math.floor(spanMs / DAY_MS)} d`;
  return `${formatCount(Math.floor(spanMs / YEAR_MS))} y`;
}
