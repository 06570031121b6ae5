/** Amounts as people type and read them: `100k/s`, `1M`, `7d`, `2 kB`. */
import { InvalidArgumentError } from 'commander';

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3_600, d: 86_400 };
const DAY_HOURS = 24;
const WEEK_HOURS = 7 * DAY_HOURS;
const HOURS: Readonly<Record<string, number>> = {
  ...{ h: 1, hour: 1, hours: 1 },
  ...{ d: DAY_HOURS, day: DAY_HOURS, days: DAY_HOURS },
  ...{ w: WEEK_HOURS, week: WEEK_HOURS, weeks: WEEK_HOURS },
};
const NUMBER = String.raw`(\d+(?:[_,]\d{3})*(?:\.\d+)?|\.\d+)\s*`;
const MAX_RETENTION_DAYS = 3_650;
/** Of a product of numbers with few digits: 4.1 × 1e6 is 4099999.9999999995. */
const ROUNDING_ERROR = 1e-12;

/** Updates a second; without a unit of time a number is of a second. */
export function parseUpdateRate(text: string): number {
  const [, digits, factor = '', per = 's'] =
    new RegExp(`^${NUMBER}([kKM]?)(?:\\s*(?:/|per )\\s*(s|min|h|d))?$`).exec(text.trim()) ?? [];
  const value = (numberOf(digits) * (FACTORS[factor] ?? Number.NaN)) / (UNIT_SECONDS[per] ?? 1);
  if (value > 0 && value <= 1e9) return value;
  throw wrong(text, 'a rate like 500/s, 100k/s or 6M/min');
}

export function parseAmount(text: string): number {
  const [, digits, factor = ''] = new RegExp(`^${NUMBER}([kKMG]?)$`).exec(text.trim()) ?? [];
  const value = numberOf(digits) * (FACTORS[factor] ?? Number.NaN);
  const whole = Math.round(value);
  const isWhole = Math.abs(value - whole) <= whole * ROUNDING_ERROR;
  if (isWhole && whole > 0 && whole <= 1e9) return whole;
  throw wrong(text, 'a number like 500, 10k or 1M');
}

/** Days. */
export function parseRetention(text: string): number {
  const [, digits, unit = ''] = new RegExp(`^${NUMBER}([a-z]+)$`).exec(text.trim()) ?? [];
  const value = (numberOf(digits) * (HOURS[unit] ?? Number.NaN)) / DAY_HOURS;
  if (value > 0 && value <= MAX_RETENTION_DAYS) return value;
  throw wrong(text, 'a time like 36h, 7d or 4w, at most 10 years');
}

/** Whole days, rounded up: raw events are dropped by the day. */
export function parseWholeDays(text: string): number {
  return Math.ceil(parseRetention(text));
}

/** Bytes, in thousands as disks are sold. */
export function parseBytes(text: string): number {
  const [, digits, factor = ''] = new RegExp(`^${NUMBER}([kKM]?)B?$`).exec(text.trim()) ?? [];
  const value = numberOf(digits) * (FACTORS[factor] ?? Number.NaN);
  if (value >= 1 && value <= 1e6) return value;
  throw wrong(text, 'a size like 500, 500B or 2kB, at most 1MB');
}

function numberOf(digits: string | undefined): number {
  return digits === undefined ? Number.NaN : Number(digits.replaceAll(/[_,]/g, ''));
}

function wrong(text: string, right: string): InvalidArgumentError {
  return new InvalidArgumentError(`Must be ${right}, not "${text}".`);
}

const STEPS = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** `1.2 TB`: two digits, since no size is known better. */
export function bytesText(bytes: number): string {
  const [factor, letter] = STEPS.find(([step]) => bytes >= step) ?? [1, ''];
  return `${rounded(bytes / factor)} ${letter}B`;
}

/** `100,000`, or a smaller number with two digits. */
export function countText(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : `${rounded(value)}`;
}

function rounded(value: number): number {
  return value >= 100 ? Math.round(value) : Number(value.toPrecision(2));
}
