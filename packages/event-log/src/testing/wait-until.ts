/** Waits for a condition, never for a time: the test's own time-out is the only clock. */
import { setTimeout } from 'node:timers/promises';

const POLL_INTERVAL_MS = 5;

/** Resolves once the condition holds. An error of the condition is the test's. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(POLL_INTERVAL_MS);
}
