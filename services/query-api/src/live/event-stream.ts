/** The stream of one client: frames in order, with a bound on how much may wait for it. */
import { Readable } from 'node:stream';
import { heartbeatFrame, LAGGING_FRAME } from './event-frames.ts';

export interface EventStreamOptions {
  readonly heartbeatIntervalMs: number;
  /** The client is dropped when more bytes than this wait for it. */
  readonly maxWaitingBytes: number;
  /** The position up to which the client has been sent everything; null: not known now. */
  readonly currentId: () => string | null;
  /** Whether the session or token of the client has ended; checked at every heartbeat. */
  readonly isOver: () => boolean;
  /** Called once, whoever ended it. */
  readonly onClose: () => void;
}

/** How long a dropped client may take to read what still waits for it and the final frame. */
const FAREWELL_MS = 10_000;

export class EventStream {
  /** To be sent as the answer's body. */
  readonly body: Readable;
  readonly #options: EventStreamOptions;
  readonly #closing = new AbortController();
  #isEnded = false;
  #pushedBytes = 0;
  /** What the client had taken at the last heartbeat, if more waited for it then. */
  #takenBytesThen: number | null = null;
  /** Resolved when the client has taken something, and at the end. */
  #change = Promise.withResolvers<void>();

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.body = new Readable({ read: () => this.#wake() });
    const heartbeat = setInterval(() => this.#beat(), options.heartbeatIntervalMs);
    this.body.once('close', () => {
      clearInterval(heartbeat);
      this.#isEnded = true;
      this.#closing.abort();
      this.#wake();
      options.onClose();
    });
    // The client went away, which 'close' tells as well.
    this.body.on('error', () => undefined);
  }

  /** Aborted when nobody is told any more. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  /** What waits beyond the bound is not sent: the client is told so, and the stream ends. */
  send(frame: string | Buffer): void {
    if (this.#isEnded) return;
    if (this.body.readableLength + frame.length > this.#options.maxWaitingBytes) {
      this.body.push(LAGGING_FRAME);
      this.end();
      setTimeout(() => this.body.destroy(), FAREWELL_MS).unref();
      return;
    }
    this.#pushedBytes += frame.length;
    this.body.push(frame);
  }

  /**
   * Like `send`, for callers that can wait: resolves when the client has taken what was before it,
   * or has gone.
   */
  async sendWhenTaken(frame: string | Buffer): Promise<void> {
    while (!this.#isEnded && this.body.readableLength > this.body.readableHighWaterMark) {
      await this.#change.promise;
    }
    this.send(frame);
  }

  #wake(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }

  /** Nothing follows what waits already. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#closing.abort();
    this.body.push(null);
  }

  /** Ends at once: a client that has not taken what waits for it is cut off. */
  stop(): void {
    if (this.body.readableLength > this.body.readableHighWaterMark) this.body.destroy();
    else this.end();
  }

  /** Of somebody whose access may have ended just now. */
  endIfOver(): void {
    if (this.#options.isOver()) this.stop();
  }

  #beat(): void {
    this.endIfOver();
    if (this.#isEnded) return;
    const isWaiting = this.body.readableLength > 0;
    const takenBytes = this.#pushedBytes - this.body.readableLength;
    // A client that has taken nothing since then, although something waits for it, has gone.
    const isStalled = isWaiting && takenBytes === this.#takenBytesThen;
    this.#takenBytesThen = isWaiting ? takenBytes : null;
    if (isStalled) this.body.destroy();
    else this.send(heartbeatFrame(this.#options.currentId()));
  }
}
