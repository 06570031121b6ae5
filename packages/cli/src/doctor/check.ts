/** One thing that the doctor looked at. */
import { connectionFailure } from '@hookpulse/common/values/connection-failure';

export interface Check {
  readonly name: string;
  /**
   * `warning`: it works, and is likely not what was meant. `skipped`: it could not be looked at from
   * here, or there was nothing to look at.
   */
  readonly state: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What was found; for people. */
  readonly detail: string;
  /** What to do about it; with every problem and warning. */
  readonly remedy?: string;
}

/** The check's problem in one line, whatever was thrown. */
export function problem(name: string, error: unknown, remedy: string): Check {
  const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { name, state: 'problem', detail: text, remedy };
}

/** Why a request got no answer, in a few words that hold nothing of its address. */
export function failureWords(error: unknown): string {
  const { kind, code } = connectionFailure(error);
  return kind === 'other' ? (code ?? 'the request failed') : kind;
}
