/** Asks the query API. The session cookie goes along by itself; errors carry the API's own words. */

/** Told to the window when no answer came, and when one came again. */
export const UNREACHED_EVENT = 'hookpulse:unreached';
export const REACHED_EVENT = 'hookpulse:reached';
/** Told to the window when an answer says that one has to sign in. */
export const REFUSED_EVENT = 'hookpulse:refused';
const UNAUTHORIZED = 401;

export interface ErrorDetail {
  readonly message: string;
  readonly field?: string;
}

/** What could not be asked, or was answered with an error. Its message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Null: no answer came. */
  readonly statusCode: number | null;
  readonly details: readonly ErrorDetail[];
  /** By which the service's log tells of it. */
  readonly requestId: string | null;

  constructor(
    sentence: string,
    facts: Partial<Pick<ApiError, 'statusCode' | 'details' | 'requestId'>> = {},
  ) {
    super(sentence);
    this.statusCode = facts.statusCode ?? null;
    this.details = facts.details ?? [];
    this.requestId = facts.requestId ?? null;
  }
}

/** Whatever else was thrown came of an answer that is no JSON. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('The answer could not be read.');
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * The answer's JSON; undefined when it has none (204).
 * @typeParam T - the static type of the route's schema. The same build serves both, so that it is
 *   not checked again here: thousands of bots are read every few seconds.
 * @throws ApiError
 */
export async function askApi<T>(path: string, request: ApiRequest = {}): Promise<T> {
  const { method = 'GET', body, signal } = request;
  const headers: HeadersInit = body === undefined ? {} : { 'content-type': 'application/json' };
  const content = body === undefined ? null : JSON.stringify(body);
  const response = await fetch(path, {
    method,
    headers,
    body: content,
    ...(signal ? { signal } : {}),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    tellReached(false);
    throw new ApiError('Hookpulse cannot be reached.');
  });
  tellReached(true);
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  if (response.status === UNAUTHORIZED) window.dispatchEvent(new Event(REFUSED_EVENT));
  throw await errorOf(response);
}

let isReached = true;

function tellReached(isNow: boolean): void {
  if (isNow === isReached) return;
  isReached = isNow;
  window.dispatchEvent(new Event(isNow ? REACHED_EVENT : UNREACHED_EVENT));
}

async function errorOf(response: Response): Promise<ApiError> {
  const facts = {
    statusCode: response.status,
    requestId: response.headers.get('x-request-id'),
  };
  // A proxy in between may answer something else.
  const body: unknown = await response.json().catch(() => null);
  if (!isErrorBody(body)) return new ApiError(`Hookpulse answered ${response.status}.`, facts);
  return new ApiError(body.error, { ...facts, details: body.details });
}

function isErrorBody(body: unknown): body is { error: string; details: ErrorDetail[] } {
  return (
    typeof body === 'object' &&
    body !== null &&
    'error' in body &&
    typeof body.error === 'string' &&
    'details' in body &&
    Array.isArray(body.details)
  );
}
