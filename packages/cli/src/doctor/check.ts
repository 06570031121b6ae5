/** One thing that the doctor looked at. */
export interface Check {
  readonly name: string;
  /**
   * `warning`: it works, and is likely not what was meant. `skipped`: it could not be looked at from
   * here, or there was nothing to look at.
   */
  readonly state: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What was found; for people. */
  readonly detail: string;
}

/** The check's problem in one line, whatever was thrown. */
export function problem(name: string, error: unknown): Check {
  const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { name, state: 'problem', detail: text };
}
