/**
 * One POST and its answer on one connection, by undici's lowest interface: a stream and a signal with its
 * listeners for each request would cost more than the request.
 */
import type { Dispatcher } from 'undici';

/** Of a header that comes twice, all values: unlike Node's own, undici joins and drops none. */
type AnswerHeaders = Dispatcher.ResponseData['headers'];

export interface Post {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of the whole exchange, connecting included. */
  readonly timeoutMs: number;
  /** Of a longer answer the rest is not read, and the connection closed. */
  readonly maxAnswerBytes: number;
}

export interface RawAnswer {
  readonly statusCode: number;
  readonly headers: AnswerHeaders;
  /** Its beginning, at most `maxAnswerBytes`. */
  readonly body: Buffer;
  readonly isWhole: boolean;
  /** From the sending of the request, on a connection that stands, to the end of the answer; milliseconds. */
  readonly durationMs: number;
}

/** @throws DOMException named `TimeoutError` when there is no whole answer in time; else what undici says */
export function exchange(client: Pick<Dispatcher, 'dispatch'>, post: Post): Promise<RawAnswer> {
  const { path, headers, body } = post;
  const running = new Exchange(post);
  client.dispatch({ method: 'POST', path, headers, body }, running);
  return running.answer;
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly answer: Promise<RawAnswer>;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #maxBytes: number;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #statusCode = 0;
  #headers: AnswerHeaders = {};
  /** Null: it is still connecting. */
  #controller: Dispatcher.DispatchController | null = null;
  #sentMs = performance.now();
  #isOver = false;

  constructor({ timeoutMs, maxAnswerBytes }: Post) {
    const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
    this.answer = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#maxBytes = maxAnswerBytes;
    this.#timer = setTimeout(() => this.#fail(timeoutError()), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#sentMs = performance.now();
    if (this.#isOver) controller.abort(timeoutError());
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: AnswerHeaders,
  ): void {
    // Those below 200 come before the answer (RFC 9110, section 15.2).
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.byteLength;
    if (this.#bytes <= this.#maxBytes) return;
    this.#end();
    controller.abort(new Error('the answer is too long'));
  }

  onResponseEnd(): void {
    this.#end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#isOver = true;
    const [first = Buffer.alloc(0), ...others] = this.#chunks;
    const read = others.length === 0 ? first : Buffer.concat(this.#chunks);
    this.#resolve({
      statusCode: this.#statusCode,
      headers: this.#headers,
      body: read.subarray(0, this.#maxBytes),
      isWhole: this.#bytes <= this.#maxBytes,
      durationMs: performance.now() - this.#sentMs,
    });
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reject(error);
    this.#controller?.abort(error);
  }
}

/** As `AbortSignal.timeout` has it. */
function timeoutError(): DOMException {
  return new DOMException('no answer in time', 'TimeoutError');
}
