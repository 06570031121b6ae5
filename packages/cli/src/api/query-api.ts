/** The query API over HTTP. What goes wrong becomes one sentence for whoever typed the command. */
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { CommandError } from '../command-error.ts';
import type { ApiAccess } from './access.ts';

export type Query = Readonly<Record<string, string | undefined>>;

/** The longest wait for one answer: comparing a busy day takes minutes. */
const ANSWER_TIMEOUT_MS = 280_000;

interface SendOptions {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: a missing object is an error. */
  readonly mayBeMissing?: boolean;
  /** Default: an answer has to be there within a while. */
  readonly signal?: AbortSignal;
}

const errorBody = Compile(ErrorBodySchema);

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;
const UNAVAILABLE = 503;

/** An `ETag`; null: none. */
type Tag = string | null;

/** It does not answer, or says that it cannot now: another time it may. */
export class UnreachableError extends CommandError {
  override readonly name = 'UnreachableError';
}

export class QueryApi {
  readonly #access: ApiAccess;

  constructor(access: ApiAccess) {
    this.#access = access;
  }

  get origin(): string {
    return this.#access.origin;
  }

  /** @throws CommandError */
  async get<Answer extends TSchema>(
    path: string,
    answer: Answer,
    query: Query = {},
  ): Promise<Static<Answer>> {
    return read(await this.#send('GET', withQuery(path, query)), answer);
  }

  /**
   * Names the state in which something is: a change that is given it is refused when somebody else
   * has made another one since. Null: it is not there.
   * @throws CommandError
   */
  async tagOf(path: string): Promise<Tag> {
    const response = await this.#send('GET', path, { mayBeMissing: true });
    await response.body?.cancel();
    return response.headers.get('etag');
  }

  /**
   * @param body - null: none  @param tag - null: whatever it is like now
   * @throws CommandError
   */
  async post<Answer extends TSchema>(
    path: string,
    body: object | null,
    answer: Answer,
    tag: Tag = null,
  ): Promise<Static<Answer>> {
    return read(
      await this.#send('POST', path, { ...(body && { body }), headers: ifMatch(tag) }),
      answer,
    );
  }

  /** @throws CommandError */
  async delete(path: string, tag: Tag = null): Promise<void> {
    const response = await this.#send('DELETE', path, { headers: ifMatch(tag) });
    await response.body?.cancel();
  }

  /** Deletes what also answers what that was. @throws CommandError */
  async deleteAnd<Answer extends TSchema>(
    path: string,
    answer: Answer,
    query: Query,
    tag: Tag,
  ): Promise<Static<Answer>> {
    const headers = ifMatch(tag);
    return read(await this.#send('DELETE', withQuery(path, query), { headers }), answer);
  }

  /** @throws CommandError */
  async patch<Answer extends TSchema>(
    path: string,
    body: object,
    answer: Answer,
    tag: Tag,
  ): Promise<Static<Answer>> {
    return read(await this.#send('PATCH', path, { body, headers: ifMatch(tag) }), answer);
  }

  /**
   * An answer that goes on until the signal is aborted or the other side ends it.
   * @throws CommandError, UnreachableError
   */
  stream(
    path: string,
    query: Query,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    return this.#send('GET', withQuery(path, query), { headers, signal });
  }

  async #send(method: string, path: string, options: SendOptions = {}): Promise<Response> {
    const { origin, token } = this.#access;
    const {
      body,
      headers,
      mayBeMissing = false,
      signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    } = options;
    const response = await fetch(`${origin}${path}`, {
      method,
      headers: {
        ...headers,
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal,
    }).catch((error: unknown) => {
      throw new UnreachableError(unreachable(origin, error), { cause: error });
    });
    if (response.ok || (mayBeMissing && response.status === NOT_FOUND)) return response;
    const sentence = await refusal(response, token !== null);
    throw response.status === UNAVAILABLE
      ? new UnreachableError(sentence)
      : new CommandError(sentence);
  }
}

function ifMatch(tag: Tag): Readonly<Record<string, string>> {
  return tag === null ? {} : { 'if-match': tag };
}

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

async function read<Answer extends TSchema>(
  response: Response,
  schema: Answer,
): Promise<Static<Answer>> {
  const value = await response.json().catch(() => undefined);
  const validator = Compile(schema);
  if (validator.Check(value)) return value;
  throw new CommandError(
    `The server at ${new URL(response.url).origin} is not a query API of this version.`,
  );
}

function unreachable(origin: string, error: unknown): string {
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return isLate
    ? `The query API at ${origin} did not answer in time.`
    : `The query API does not answer at ${origin}. Is Hookpulse running (npm start), and is this its address (--url, HOST, QUERY_API_PORT)?`;
}

async function refusal(response: Response, hadToken: boolean): Promise<string> {
  if (response.status === 401 && hadToken) {
    return 'The query API refuses this token: check --token, ADMIN_TOKEN or DATA_DIR/admin-token.';
  }
  if (response.status === 401) {
    return 'The query API requires a token. Pass the admin token with --token or ADMIN_TOKEN, or run this in the folder where Hookpulse was started.';
  }
  if (response.status === PRECONDITION_FAILED) {
    return 'Someone else has changed it in the meantime. Check the current version and run this again.';
  }
  const value: unknown = await response.json().catch(() => undefined);
  if (!errorBody.Check(value)) return `The query API answered ${response.status}.`;
  const details = value.details.map(({ message }) => `\n  ${message}`).join('');
  return `${value.error}${details}`;
}
