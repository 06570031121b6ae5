/** Asks the query API. The session cookie goes along by itself; errors carry the API's own words. */
import { readAnswer } from './read-answer.ts';
import { learnTime } from './server-clock.ts';

/** Told to the window when no answer of the API came, and when one came again. */
export const UNREACHED_EVENT = 'hookpulse:unreached';
export const REACHED_EVENT = 'hookpulse:reached';
/** Told to the window when an answer says that one has to sign in. */
export const REFUSED_EVENT = 'hookpulse:refused';
/** Told to the window when somebody has signed in again where the session had ended. */
export const SIGNED_IN_EVENT = 'hookpulse:signed-in';
const NO_CONTENT = 204;
const UNAUTHORIZED = 401;
const PRECONDITION_FAILED = 412;
/**
 * Characters. Reading megabytes takes a tenth of a second, and so does showing them: in between, the
 * browser answers its user.
 */
const LARGE_TEXT = 200_000;
/** Request time-out, too early, too many requests. */
const PASSING: readonly number[] = [408, 425, 429];

/** The server answers most questions within a second; by then nothing comes any more. */
const READ_SILENCE_MS = 15_000;
/** A change may wait for the log. */
const WRITE_SILENCE_MS = 60_000;

export interface ErrorDetail {
  readonly message: string;
  readonly field?: string;
}

/** What could not be asked, or was answered with an error. Its message is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** Of an answer in the API's own shape. Null: none came, perhaps one of something in front of it. */
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

/** Whatever else was thrown came of an answer that could not be used. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('The response could not be read.');
}

/** The API has said so itself, and says the same the next time: who asks, or what for, is wrong. */
export function isFinal({ statusCode }: ApiError): boolean {
  return statusCode !== null && statusCode < 500 && !PASSING.includes(statusCode);
}

/** A change was refused because what it refers to has changed (`If-Match`). */
export function isOutOfDate(failure: unknown): failure is ApiError {
  return failure instanceof ApiError && failure.statusCode === PRECONDITION_FAILED;
}

/** An answer, and the version by which a later change refers to it. */
export interface Versioned<T> {
  readonly data: T;
  /** Its `ETag`; null: it has none. */
  readonly etag: string | null;
}

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The change is refused (412) if this version is not in force any more; null: it is made anyway. */
  readonly ifMatch?: string | null;
  /** Milliseconds without a byte after which it is given up. */
  readonly silenceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * The answer's JSON; undefined when it has none (204).
 * @typeParam T - the static type of the route's schema. The same build serves both, so that it is
 *   not checked again here: thousands of bots are read every few seconds.
 * @throws ApiError
 */
export async function askApi<T>(path: string, request: ApiRequest = {}): Promise<T> {
  return (await askVersioned<T>(path, request)).data;
}

/** The same with its version. @throws ApiError */
export async function askVersioned<T>(
  path: string,
  { method = 'GET', body, ifMatch = null, silenceMs, signal }: ApiRequest = {},
): Promise<Versioned<T>> {
  const headers: Record<string, string> = {};
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (ifMatch !== null) headers['if-match'] = ifMatch;
  const limitMs = silenceMs ?? (method === 'GET' ? READ_SILENCE_MS : WRITE_SILENCE_MS);
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const { response, text } = await readAnswer(path, init, limitMs, signal).catch(
    (error: unknown) => {
      if (signal?.aborted) throw error;
      tellReached(false);
      throw new ApiError(unreachedText(error, method === 'GET', limitMs));
    },
  );
  const answer = parsed(text);
  if (text.length > LARGE_TEXT) await anotherTask();
  const isResult = response.ok && (answer !== undefined || response.status === NO_CONTENT);
  const isError = !response.ok && isErrorBody(answer);
  tellReached(isResult || isError);
  if (isResult || isError) learnTime(response.headers.get('date'), Date.now());
  if (isResult) return { data: answer as T, etag: response.headers.get('etag') };
  if (!isError)
    throw new ApiError(
      `Unexpected response (status ${response.status}), probably from a proxy in front of Hookpulse.`,
    );
  if (response.status === UNAUTHORIZED) window.dispatchEvent(new Event(REFUSED_EVENT));
  throw errorOf(response, answer);
}

async function anotherTask(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

let isReached = true;

function tellReached(isNow: boolean): void {
  if (isNow === isReached) return;
  isReached = isNow;
  window.dispatchEvent(new Event(isNow ? REACHED_EVENT : UNREACHED_EVENT));
}

function unreachedText(error: unknown, isRead: boolean, limitMs: number): string {
  const isSilent = error instanceof DOMException && error.name === 'TimeoutError';
  if (!isSilent) return 'Hookpulse cannot be reached.';
  const silence = `Hookpulse did not answer within ${limitMs / 1_000} seconds.`;
  return isRead ? silence : `${silence} Check whether the change was made before you repeat it.`;
}

/** Undefined: it is empty, or no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function errorOf(response: Response, body: ErrorBody): ApiError {
  const { error, details } = body;
  return new ApiError(error, {
    statusCode: response.status,
    requestId: response.headers.get('x-request-id'),
    details,
  });
}

interface ErrorBody {
  readonly error: string;
  readonly details: ErrorDetail[];
}

/** As the contract has it: `{"status":"error","error":"…","details":[…]}`. */
function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'status' in body &&
    body.status === 'error' &&
    'error' in body &&
    typeof body.error === 'string' &&
    'details' in body &&
    Array.isArray(body.details)
  );
}
