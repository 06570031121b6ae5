/** Which candidates `npm run bench -- peers` measures. */
import { UsageError } from '../lib/bench-options.ts';
import type { Candidate } from './candidate.ts';

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
