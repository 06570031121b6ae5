/** One thing that the doctor looked at. */
export interface Check {
  readonly name: string;
  /** `skipped`: it could not be looked at from here, or there was nothing to look at. */
  readonly state: 'ok' | 'problem' | 'skipped';
  /** What was found; for people. */
  readonly detail: string;
}

/** The check's problem in one line, whatever was thrown. */
export function problem(name: string, error: unknown): Check {
  const [text = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return { name, state: 'problem', detail: text };
}
