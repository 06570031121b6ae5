/** What the bot libraries' middleware have in common: one update from its arrival to its outcome. */
import { describeError, masked } from './describe-error.ts';
import type { Reporter } from './reporter.ts';
import { updateType } from './update.ts';

export interface UpdateOptions {
  /**
   * Default: true. A library hands on updates that it polled, or whose secret it has compared. False: the
   * webhook has no secret, so that anybody can send updates.
   */
  readonly isVerified?: boolean;
}

/** How many updates that failed are remembered, so that their next failures are retries. */
const MAX_FAILED = 1_000;
const failedByReporter = new WeakMap<Reporter, Set<number>>();

export class ObservedUpdate {
  readonly #reporter: Reporter;
  readonly #of: { readonly update_id: number; readonly update_type: string | null };
  readonly #startedMs = performance.now();

  /** Reports it as received. */
  constructor(reporter: Reporter, update: { readonly update_id: number }, options: UpdateOptions) {
    this.#reporter = reporter;
    this.#of = { update_id: update.update_id, update_type: updateType(update) };
    const telegram_signature_valid = options.isVerified === false ? null : true;
    reporter.received({ ...this.#of, telegram_signature_valid });
  }

  /** Runs the handlers, and reports how they end. @throws what they throw */
  async handledBy(handlers: () => Promise<unknown>): Promise<void> {
    try {
      await handlers();
    } catch (error) {
      this.failed(error);
      throw error;
    }
    this.processed();
  }

  processed(): void {
    const failed = failedByReporter.get(this.#reporter);
    failed?.delete(this.#of.update_id);
    this.#reporter.processed({ ...this.#of, processing_time_ms: this.#elapsedMs() });
  }

  /** The first time it is an error; when Telegram delivers the update again and it fails, a retry. */
  failed(thrown: unknown): void {
    const details = {
      ...this.#of,
      ...describeError(thrown),
      processing_time_ms: this.#elapsedMs(),
    };
    if (this.#failedBefore()) this.#reporter.retry(details);
    else this.#reporter.error(details);
  }

  /** Starts the time of an API call. @returns what is to be called at its end */
  call(method: string): CallEnd {
    const startedMs = performance.now();
    const end = (failure: object) =>
      this.#reporter.responseSent({
        ...this.#of,
        ...failure,
        response_time_ms: performance.now() - startedMs,
      });
    return {
      succeeded: () => end({}),
      refused: (code, description) =>
        end({
          status: 'failed',
          error_type: `BotApi${code}`,
          error_message: masked(`${method}: ${description}`),
        }),
      failed: (thrown) => end({ status: 'failed', ...describeError(thrown) }),
    };
  }

  #failedBefore(): boolean {
    const failed = failedByReporter.get(this.#reporter) ?? new Set<number>();
    failedByReporter.set(this.#reporter, failed);
    const { update_id } = this.#of;
    if (failed.has(update_id)) return true;
    failed.add(update_id);
    if (failed.size > MAX_FAILED) {
      const [oldest] = failed;
      if (oldest !== undefined) failed.delete(oldest);
    }
    return false;
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }
}

export interface CallEnd {
  succeeded(): void;
  /** Telegram answered with an error. */
  refused(code: number, description: string): void;
  /** There was no answer. */
  failed(thrown: unknown): void;
}
