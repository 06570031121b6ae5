/** The options of a benchmark. What the user can mend is told in one line, without a stack. */
import { basename } from 'node:path';
import type { ParseArgsOptionsConfig } from 'node:util';
import { parseOptions } from '../../scripts/parse-options.ts';

/** An option that is not as it should be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exits when it is asked for help (0), or when there is no such option (1). */
export function benchOptions<Options extends ParseArgsOptionsConfig>(options: Options) {
  return parseOptions(usageOf(basename(process.argv[1] ?? '', '.ts'), options), options);
}

/** Exits (1) where it is none. @param least - default: 1 */
export function numberOption(name: string, text: string, least?: number): number {
  return orExit(() => wholeNumber(`--${name}`, text, least));
}

/** @param least - default: 1  @throws UsageError */
export function wholeNumber(option: string, text: string, least = 1): number {
  if (/^\d{1,15}$/.test(text) && Number(text) >= least) return Number(text);
  throw new UsageError(`${option} is "${text}". It must be a whole number, at least ${least}.`);
}

/** Exits (1) with the message of a UsageError. */
export function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}

/** One line, with the defaults. */
export function usageOf(name: string, options: ParseArgsOptionsConfig): string {
  const shown = Object.entries(options).map(([option, { type, default: value }]) =>
    type === 'boolean' ? `[--${option}]` : `[--${option} ${value || '<value>'}]`,
  );
  return `usage: npm run bench -- ${[name, ...shown].join(' ')}`;
}
