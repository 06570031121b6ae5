/** The values of the options of `hookpulse load`; a wrong one is told with what is allowed. */
import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const MAX_DURATION_MS = 24 * 3_600_000;

/** A whole number. */
export function parseCount(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Must be a whole number from ${min} to ${max}.`);
  };
}

/** A number above zero. */
export function parseRate(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value > 0 && value <= max) return value;
    throw new InvalidArgumentError(`Must be a number above 0, at most ${max}.`);
  };
}

/** A share from 0 to 1, or per cent. */
export function parseShare(): (text: string) => number {
  return (text) => {
    const [, digits, percent] = /^(\d*\.?\d+)(%?)$/.exec(text.trim()) ?? [];
    const value = Number(digits ?? Number.NaN) / (percent === '%' ? 100 : 1);
    if (value >= 0 && value <= 1) return value;
    throw new InvalidArgumentError(`Must be a share from 0 to 1, or from 0% to 100%.`);
  };
}

/** Milliseconds. */
export function parseDuration(): (text: string) => number {
  return (text) => {
    const [, count, unit = ''] = /^(\d*\.?\d+)([smh])$/.exec(text.trim()) ?? [];
    const value = Number(count ?? Number.NaN) * (UNIT_MS[unit] ?? Number.NaN);
    if (value > 0 && value <= MAX_DURATION_MS) return value;
    throw new InvalidArgumentError(`Must be a time like 30s, 5m or 1h, at most a day.`);
  };
}
