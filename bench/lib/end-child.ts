/** Ends a program that a benchmark has forked. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Closes its channel, at which it stops. */
export async function endChild(child: ChildProcess): Promise<void> {
  if (child.connected) child.disconnect();
  await untilExit(child);
}

/** Resolves when it has ended, also when it had before. */
export async function untilExit(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
