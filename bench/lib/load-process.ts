/** The load process (`http-load.ts`), as a benchmark uses it. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { endChild } from './end-child.ts';
import type { HttpLoadOrder, HttpLoadReport } from './http-load-protocol.ts';
import { ask } from './next-message.ts';

/** One process for all rounds, so that it compiles its hot paths in the first of them and no other. */
export class LoadProcess {
  #child: ChildProcess | null = null;

  /** One round; not two at once. @throws Error when the process ends without a report */
  send(order: HttpLoadOrder): Promise<HttpLoadReport> {
    return ask(this.#running(), order, 'the load generator');
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child) await endChild(child);
  }

  /** Starts it, and again when it has ended. */
  #running(): ChildProcess {
    const child = this.#child?.connected
      ? this.#child
      : fork(join(import.meta.dirname, 'http-load.ts'), { execArgv: [] });
    this.#child = child;
    return child;
  }
}
