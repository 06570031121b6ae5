/**
 * Moments as people and programs write them: ISO 8601 with a zone. All of RFC 3339 (section 5.6) is
 * taken, and seconds may be missing. This is the one parser for requests, reports and commands.
 */

import { MINUTE_MS } from './durations.ts';
import { iso } from './iso.ts';

const MOMENT =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):?(\d\d))$/;
/** What four digits of a year can say. */
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/** The store keeps the starts of windows as unsigned 32-bit seconds: from 1970 to the year 2106. */
export const END_OF_STORABLE_TIME_MS = 2 ** 32 * 1_000;

/** What a moment has to be; for descriptions of fields. */
export const MOMENT_FORM = 'ISO 8601 with a zone, such as 2026-02-10T20:00:00Z';

/**
 * Milliseconds since the epoch, finer fractions cut off; null when the text has another form or names
 * no moment (30 February, 24:00, second 60, a year that the offset carries out of its four digits). A
 * zone is demanded: local time without one would be hours off without anyone's notice.
 */
export function parseMoment(text: string): number | null {
  const match = MOMENT.exec(text);
  if (!match) return null;
  const [, date, hourMinute, second = '00', fraction = '', sign, hours = '0', minutes = '0'] =
    match;
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  // Date carries over what is too large; a moment reads back as it was written.
  const written = `${date}T${hourMinute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}Z`;
  const localMs = Date.parse(written);
  if (Number.isNaN(localMs) || iso(localMs) !== written) return null;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const timeMs = sign === '-' ? localMs + offsetMs : localMs - offsetMs;
  return timeMs >= FIRST_MS && timeMs <= LAST_MS ? timeMs : null;
}

/** The same of a text that was checked before. @throws RangeError when it is no moment */
export function momentMs(text: string): number {
  const timeMs = parseMoment(text);
  if (timeMs === null) throw new RangeError(`${JSON.stringify(text)} is no moment`);
  return timeMs;
}
