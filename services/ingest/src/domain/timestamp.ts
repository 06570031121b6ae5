/** Timestamps that bots send: ISO 8601 as RFC 3339 (section 5.6) profiles it, of any zone offset. */

const TIMESTAMP_PATTERN =
  /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):?(\d\d))$/i;

const MINUTE_MS = 60_000;

/**
 * Milliseconds since the epoch, finer fractions cut off; null when it is no such timestamp or names
 * no real moment (30 February, 24:00, a 60th second). A zone is demanded: local time without one
 * would be hours off without anyone's notice.
 */
export function parseTimestamp(text: string): number | null {
  const match = TIMESTAMP_PATTERN.exec(text);
  if (!match) return null;
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHour, offsetMinute] =
    match;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const local = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    milliseconds,
  );
  // Date.UTC carries over what is too large; a real moment reads back as it was written.
  const readBack = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  if (!new Date(local).toISOString().startsWith(readBack)) return null;
  if (Number(offsetHour ?? 0) > 23 || Number(offsetMinute ?? 0) > 59) return null;
  const offsetMs = (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0)) * MINUTE_MS;
  return sign === '-' ? local + offsetMs : local - offsetMs;
}
