/** Starts what is measured. What this machine cannot run is left out with its reason. */
import type { BenchContext, Candidate } from './candidate.ts';
import { assertPresent } from './programs.ts';
import type { SkippedCandidate } from './result.ts';
import type { StartedCandidate } from './run-rounds.ts';

/** Null: nothing that it needs is missing. @throws MissingProgramError when it was asked for by name */
export function missingNeed(candidate: Candidate, isNamed: boolean): SkippedCandidate | null {
  try {
    for (const need of candidate.needs) assertPresent(need);
    return null;
  } catch (error) {
    if (!isMissing(error) || isNamed) throw error;
    return skippedFor(candidate, error.message);
  }
}

/**
 * Also builds and installs it, and the broker or database that it needs.
 * @throws MissingProgramError or MissingJavaError when it was asked for by name
 */
export async function startOrSkip(
  candidate: Candidate,
  bench: BenchContext,
  isNamed: boolean,
): Promise<StartedCandidate | SkippedCandidate> {
  try {
    return { candidate, running: await candidate.start(bench) };
  } catch (error) {
    if (!isMissing(error)) return skippedFor(candidate, `failed to start: ${String(error)}`);
    if (isNamed) throw error;
    return skippedFor(candidate, error.message);
  }
}

/** Whether the user can mend it, by what its message says. */
export function isMissing(error: unknown): error is Error {
  return error instanceof Error && ['MissingProgramError', 'MissingJavaError'].includes(error.name);
}

function skippedFor({ name, title, role }: Candidate, skipped: string): SkippedCandidate {
  return { name, title, role, skipped };
}
