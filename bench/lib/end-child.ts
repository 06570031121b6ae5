/** Ends a program that a benchmark has forked: it stops when its channel is closed. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export async function endChild(child: ChildProcess): Promise<void> {
  if (child.connected) child.disconnect();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
