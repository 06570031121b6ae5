/**
 * The one shape of every error answer (contract, section 3), and what handlers throw to give it:
 * `{"status":"error","error":"<sentence>","details":[…]}`. The sentence is for the caller: it never
 * carries an internal error's text, which belongs into `cause` and from there into the log.
 */
import Type, { type Static } from 'typebox';

/** What is wrong with one part of the request. */
export const ErrorDetailSchema = Type.Object({
  message: Type.String(),
  /** Position of the bad item in a batch, from 0. */
  index: Type.Optional(Type.Integer()),
  /** Name of the bad field, query parameter or check. */
  field: Type.Optional(Type.String()),
});
export type ErrorDetail = Readonly<Static<typeof ErrorDetailSchema>>;

export const ErrorBodySchema = Type.Object({
  status: Type.Literal('error'),
  error: Type.String(),
  details: Type.Array(ErrorDetailSchema),
});
export type ErrorBody = Static<typeof ErrorBodySchema>;

export interface HttpErrorOptions {
  readonly details?: readonly ErrorDetail[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What is in force, where the request was made for something older. */
  readonly current?: object;
  /** What went wrong inside; logged, never sent. */
  readonly cause?: unknown;
  /** What it is counted as where refusals are counted; default: `failed`. */
  readonly reason?: string;
}

/** Thrown by a handler or hook: answered with this status, sentence and details. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly statusCode: number;
  readonly details: readonly ErrorDetail[];
  readonly headers: Readonly<Record<string, string>>;
  readonly current: object | undefined;
  readonly reason: string;

  /** @param statusCode - 400 to 599  @param sentence - a whole sentence for the caller */
  constructor(statusCode: number, sentence: string, options: HttpErrorOptions = {}) {
    super(sentence, 'cause' in options ? { cause: options.cause } : undefined);
    this.statusCode = statusCode;
    this.details = options.details ?? [];
    this.headers = options.headers ?? {};
    this.current = options.current;
    this.reason = options.reason ?? 'failed';
  }
}

/**
 * Seconds after which a caller should try again: long enough for a broker election or a full queue
 * to pass, short enough that a delivery is still fresh when it comes again.
 */
const RETRY_AFTER_SECONDS = 2;

export function badRequest(sentence: string, details: readonly ErrorDetail[] = []): HttpError {
  return new HttpError(400, sentence, { details, reason: 'invalid' });
}

/** Of every 401: RFC 9110 (section 11.6.1) demands the scheme. */
const UNAUTHORIZED = { headers: { 'www-authenticate': 'Bearer' }, reason: 'unauthorized' };

/** No credential was shown. */
export function unauthorized(sentence: string): HttpError {
  return new HttpError(401, sentence, UNAUTHORIZED);
}

/**
 * A credential was shown that does not hold: a 401 that counts against its address, and is a 429 once
 * the address has used up its `FailureBudget`.
 */
export class WrongCredentialError extends HttpError {
  constructor(sentence: string) {
    super(401, sentence, UNAUTHORIZED);
  }
}

/** @param waitMs - as `FailureBudget.spend` gives it */
export function tooManyFailures(waitMs: number): HttpError {
  return tooManyRequests(waitMs, 'wrong credentials from this address');
}

/** @param what - completes "Too many …" */
export function tooManyRequests(waitMs: number, what = 'requests'): HttpError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new HttpError(429, `Too many ${what}; try again in ${seconds} s.`, {
    headers: { 'retry-after': String(seconds) },
    reason: 'limited',
  });
}

export function forbidden(sentence: string): HttpError {
  return new HttpError(403, sentence);
}

export function notFound(sentence: string): HttpError {
  return new HttpError(404, sentence);
}

export function conflict(sentence: string): HttpError {
  return new HttpError(409, sentence);
}

/** An engine does not answer; trying again is right. @param cause - logged, never sent */
export function unavailable(sentence: string, cause?: unknown): HttpError {
  return new HttpError(503, sentence, {
    headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    reason: 'unavailable',
    cause,
  });
}

export function errorBody(sentence: string, details: readonly ErrorDetail[] = []): ErrorBody {
  return { status: 'error', error: sentence, details: [...details] };
}
