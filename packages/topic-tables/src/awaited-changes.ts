/** Changes that this process has published and waits to see come back from the log. */
import { LogUnavailableError } from '@hookpulse/event-log/event-log';

export class AwaitedChanges {
  readonly #timeoutMs: number;
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  /** @param timeoutMs - longest wait for one change */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Runs `publish` and resolves once `seen` was called with the id, before or after it ended.
   * @throws LogUnavailableError when the change does not come back in time; or what `publish` throws.
   */
  async during(changeId: string, publish: () => Promise<void>): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.set(changeId, waiting);
    // Handled below when it is awaited; until then a rejection must not count as unhandled.
    waiting.promise.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    try {
      await publish();
      timer = setTimeout(() => {
        const late = 'the change is stored, but was not read back from the log in time';
        waiting.reject(new LogUnavailableError(late));
      }, this.#timeoutMs);
      await waiting.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(changeId);
    }
  }

  seen(changeId: string): void {
    this.#waiting.get(changeId)?.resolve();
  }

  /** Ends every wait: nothing comes back any more. */
  close(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(
        new LogUnavailableError('closed before the change was read back from the log'),
      );
    }
  }
}
