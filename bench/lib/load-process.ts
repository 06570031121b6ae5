/** The load process (`http-load.ts`), as a benchmark uses it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { HttpLoadOrder, HttpLoadReport } from './http-load-protocol.ts';

/** One process for all rounds, so that it compiles its hot paths in the first of them and no other. */
export class LoadProcess {
  #child: ChildProcess | null = null;

  /** One round; not two at once. @throws Error when the process ends without a report */
  async send(order: HttpLoadOrder): Promise<HttpLoadReport> {
    const child = this.#running();
    const { promise, resolve, reject } = Promise.withResolvers<HttpLoadReport>();
    const onReport = (report: unknown) => resolve(report as HttpLoadReport);
    const onExit = () => reject(new Error('the load generator has ended'));
    child.once('message', onReport).once('exit', onExit);
    child.send(order);
    try {
      return await promise;
    } finally {
      child.off('message', onReport).off('exit', onExit);
    }
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child?.connected) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
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
