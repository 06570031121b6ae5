/** What the middleware for web frameworks have in common: one delivery from its request to its answer. */
import { ObservedUpdate } from './observed-update.ts';
import type { Reporter } from './reporter.ts';
import { verifySecret } from './secret.ts';
import { updateId } from './update.ts';
import { addressOf, secretOf } from './watch-secret.ts';

export interface WebhookOptions {
  /**
   * The webhook's secret. Deliveries without it are reported and answered with 401. Default: the secret is
   * not compared.
   */
  readonly secretToken?: string;
}

/** An answer that was no success, as an error. */
class HttpStatusError extends Error {
  constructor(status: number) {
    super(`The webhook answered ${status}.`);
    this.name = `Http${status}`;
  }
}

/** Telegram or a proxy hung up before the answer. */
class ConnectionClosedError extends Error {
  override readonly name = 'ConnectionClosed';
}

/** Whether the delivery is refused. Then it is reported. */
export function isRefused(reporter: Reporter, options: WebhookOptions, request: object): boolean {
  const { secretToken } = options;
  if (secretToken === undefined || verifySecret(secretOf(request), secretToken)) return false;
  reporter.wrongSecret({ ip_address: addressOf(request) });
  return true;
}

export class ObservedRequest {
  readonly #observed: ObservedUpdate | null;
  #thrown: { readonly error: unknown } | null = null;
  #isDone = false;

  /** @param body - anything else than an update is not reported */
  constructor(reporter: Reporter, options: WebhookOptions, body: unknown) {
    const update_id = updateId(body);
    const isVerified = options.secretToken !== undefined;
    this.#observed =
      update_id === null
        ? null
        : new ObservedUpdate(reporter, Object.assign({}, body, { update_id }), { isVerified });
  }

  /** The handler threw it. It is reported with the answer. */
  threw(error: unknown): void {
    this.#thrown ??= { error };
  }

  /** Only the first call counts. @param status - null: the connection was closed before */
  ended(status: number | null): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const isSuccess = status !== null && status >= 200 && status < 300;
    if (isSuccess) this.#observed?.processed();
    else this.#observed?.failed(this.#thrown ? this.#thrown.error : problemOf(status));
  }
}

function problemOf(status: number | null): Error {
  return status === null ? new ConnectionClosedError('No answer.') : new HttpStatusError(status);
}
