/** Updates of a bot from Hookpulse's query API, over HTTP. */
import { apiUrl } from './api-url.ts';
import type { ConsumerOptions, UpdateConsumer } from './consumer.ts';
import { sentFrames } from './sent-frames.ts';
import {
  HandledUpdates,
  MAX_PENDING,
  type TelegramUpdate,
  UpdateSession,
} from './update-session.ts';

export interface HttpConsumerOptions<Update extends TelegramUpdate>
  extends ConsumerOptions<Update> {
  /** Of Hookpulse's query API, such as `https://ops.example.com`, without user name, password and query. */
  readonly url: string;
  /** With the scope admin for this bot. */
  readonly token: string;
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
}

const PROGRESS_INTERVAL_MS = 200;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;
/** The server is heard of every five seconds. */
const SILENCE_LIMIT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 10_000;
/** Of answers that are errors but may be others later. */
const TEMPORARY = new Set([408, 409, 429]);

/** The server answered, and waiting alone does not help. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

interface Connection {
  readonly response: Response;
  readonly abort: AbortController;
}

/** @throws TypeError when `url` is wrong; RefusedError when the token, the bot or the group is */
export async function consumeHttp<Update extends TelegramUpdate>(
  options: HttpConsumerOptions<Update>,
): Promise<UpdateConsumer> {
  const { url, token, botId, group, fetch = globalThis.fetch } = options;
  const base = apiUrl(url, '/api/updates/stream');
  const query = new URLSearchParams({
    ...{ bot_id: botId, group, start: options.start ?? 'earliest' },
    max_pending: String(options.maxPending ?? MAX_PENDING),
  });
  const authorization = `Bearer ${token}`;
  const handledBefore = new HandledUpdates();
  const closing = new AbortController();
  let session = newSession();
  let open: ProgressTeller | null = null;
  /** Of the connection that is there or being made. */
  let connecting = new AbortController();
  /** Up to where everything is done, as the server names it; null: the server knows best. */
  let doneTo: string | null = null;

  const first = await connect().catch((error: unknown) => {
    if (error instanceof RefusedError) throw error;
    options.warn(`Hookpulse cannot be reached, and is tried again: ${String(error)}`);
    return null;
  });
  const reading = readUntilClosed(first);

  return {
    get pending() {
      return session.pending;
    },
    async close() {
      closing.abort();
      await session.stop();
      await open?.tell(true);
      connecting.abort();
      await reading;
    },
  };

  function newSession(): UpdateSession<Update> {
    return new UpdateSession(options, handledBefore, () => undefined);
  }

  async function readUntilClosed(given: Connection | null): Promise<void> {
    let connection = given;
    let pauseMs = FIRST_PAUSE_MS;
    let isWarned = given === null;
    while (!closing.signal.aborted) {
      if (connection) {
        pauseMs = FIRST_PAUSE_MS;
        isWarned = false;
        await readStream(connection);
      }
      await pause(pauseMs, closing.signal);
      pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
      if (closing.signal.aborted) return;
      connection = await connect().catch((error: unknown) => {
        if (!isWarned) options.warn(`updates do not come: ${String(error)}`);
        isWarned = true;
        return null;
      });
    }
  }

  async function connect(): Promise<Connection> {
    const abort = new AbortController();
    connecting = abort;
    const response = await fetch(`${base}?${query}`, {
      headers: { authorization, ...(doneTo === null ? {} : { 'last-event-id': doneTo }) },
      redirect: 'manual',
      signal: abort.signal,
    });
    if (response.status === 200) return { response, abort };
    const { status } = response;
    const text = (await response.text()).slice(0, 500);
    const isRefused = status >= 400 && status < 500 && !TEMPORARY.has(status);
    throw new (isRefused ? RefusedError : Error)(`Hookpulse answers ${status}: ${text}`);
  }

  /** Resolves when it is over; the session has ended then. */
  async function readStream({ response, abort }: Connection): Promise<void> {
    let timer = setTimeout(() => abort.abort(), SILENCE_LIMIT_MS);
    const hear = () => {
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), SILENCE_LIMIT_MS);
    };
    let stream: ProgressTeller | null = null;
    try {
      if (!response.body) return;
      for await (const { type, data, id } of sentFrames(response.body, hear)) {
        if (type === 'opened' && data !== null) {
          stream = new ProgressTeller({
            streamId: String(JSON.parse(data).stream_id),
            session: () => session,
            post: (progress) => post(progress, abort),
          });
          open = stream;
        } else if (type === 'message' && data !== null) {
          const { partition, offset, received_at, replay_id, update } = JSON.parse(data);
          session.take({
            ...{ partition, offset: BigInt(offset), update },
            ...{ receivedAt: received_at, replayId: replay_id },
          });
        } else if (type === 'heartbeat' && id !== null) {
          const [partition = '', offset = ''] = id.split('-');
          session.reach(Number(partition), BigInt(offset));
        } else if (type === 'revoked') {
          await session.stop();
          await stream?.tell(true);
          stream?.endSession();
          session = newSession();
          // Whoever has the updates now goes on from there.
          doneTo = null;
        }
      }
    } catch (error) {
      if (!abort.signal.aborted)
        options.warn(`the stream broke off, and is opened again: ${error}`);
    } finally {
      clearTimeout(timer);
      await session.stop();
      stream?.stop();
      open = null;
      doneTo = placeOf(session) ?? doneTo;
      if (!closing.signal.aborted) session = newSession();
    }
  }

  async function post(progress: object, abort: AbortController): Promise<void> {
    const response = await fetch(`${base}/progress`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ bot_id: botId, ...progress }),
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.text();
    // The stream is another server's, or not open any more: a new one begins where this one is.
    if (response.status === 409) abort.abort();
    if (response.status !== 204) throw new Error(`Hookpulse answers ${response.status}`);
  }
}

interface ProgressDeps {
  /** As the server has named it. */
  readonly streamId: string;
  readonly session: () => UpdateSession<never>;
  readonly post: (progress: object) => Promise<void>;
}

/** Tells the server how far one stream has come: for the group's position, and that there is room for more. */
class ProgressTeller {
  readonly #deps: ProgressDeps;
  readonly #timer: ReturnType<typeof setInterval>;
  #handledEarlier = 0;
  #toldHandled = 0;
  #toldPlaces = '';
  #telling: Promise<void> = Promise.resolve();
  #isTelling = false;

  constructor(deps: ProgressDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => {
      if (!this.#isTelling) void this.tell(false);
    }, PROGRESS_INTERVAL_MS);
  }

  /** Never rejects: what cannot be told now is told next time. */
  tell(isReleased: boolean): Promise<void> {
    this.#telling = this.#telling.then(() => this.#tell(isReleased));
    return this.#telling;
  }

  /** The stream goes on, and what comes is of another session. */
  endSession(): void {
    this.#handledEarlier += this.#deps.session().handled;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #tell(isReleased: boolean): Promise<void> {
    const { streamId, session, post } = this.#deps;
    const handled = this.#handledEarlier + session().handled;
    const places = placesOf(session());
    const isNews = handled !== this.#toldHandled || places.join() !== this.#toldPlaces;
    if (!isNews && !isReleased) return;
    this.#isTelling = true;
    try {
      // One, but for a topic that got more partitions.
      for (const id of places.length === 0 ? [undefined] : places) {
        await post({ stream_id: streamId, id, handled, released: isReleased });
      }
      this.#toldHandled = handled;
      this.#toldPlaces = places.join();
    } catch {
      // It is still news next time.
    } finally {
      this.#isTelling = false;
    }
  }
}

function placesOf(session: UpdateSession<never>): readonly string[] {
  return [...session.doneTo()].map(([partition, offset]) => `${partition}-${offset}`);
}

function placeOf(session: UpdateSession<never>): string | null {
  return placesOf(session).at(-1) ?? null;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
