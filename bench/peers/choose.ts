/** The options of `npm run bench -- peers`. */
import type { Candidate } from './candidate.ts';

/** An option that is not as it should be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @param only - names with commas; undefined: all  @throws UsageError */
export function chooseCandidates(
  all: readonly Candidate[],
  only: string | undefined,
): readonly Candidate[] {
  if (only === undefined) return all;
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !all.some((candidate) => candidate.name === name));
  if (unknown.length > 0) {
    const known = all.map(({ name }) => name).join(', ');
    throw new UsageError(
      `--only: there is no candidate "${unknown.join('", "')}". There are ${known}.`,
    );
  }
  return all.filter(({ name }) => names.includes(name));
}

/** @throws UsageError */
export function positiveNumber(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UsageError(`${option} is "${text}". It must be a whole number above 0.`);
}
