/**
 * Reads the bodies of requests and bounds the memory that all of them take together: what has arrived
 * of a body counts from its first byte until its request is answered, so that neither many senders
 * nor a slow log fill the process.
 */
import type { IncomingMessage } from 'node:http';
import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import { Refusal } from '../refusal.ts';

/** 1 MiB, the contract's bound for every body: hundreds of times the largest update of Telegram. */
export const MAX_BODY_BYTES = 1_048_576;

/** As many as may wait for the log: 64 of the largest bodies, 60,000 usual updates. */
const DEFAULT_MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/** A request carries its own body, so that its listeners are the same functions for all requests. */
const ARRIVING = Symbol('arriving body');
interface ReadRequest extends IncomingMessage {
  /** Undefined: it is not read, or not any more; what still arrives is thrown away. */
  [ARRIVING]?: ArrivingBody | undefined;
}

export class BodyReader {
  readonly #maxBytesInFlight: number;
  #bytesInFlight = 0;

  constructor(maxBytesInFlight = DEFAULT_MAX_BYTES_IN_FLIGHT) {
    this.#maxBytesInFlight = maxBytesInFlight;
  }

  /** Bytes of bodies that have arrived and whose requests are not answered yet. */
  get bytesInFlight(): number {
    return this.#bytesInFlight;
  }

  /**
   * Reads the body whole; its bytes are in flight until it is released.
   * @throws Refusal `too_large`, `aborted`
   * @throws QueueFullError when the bodies of all requests are over the bound
   */
  read(request: ReadRequest): Promise<Buffer> {
    if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
      return Promise.reject(tooLarge());
    }
    if (request.destroyed) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      request[ARRIVING] = new ArrivingBody(this, resolve, reject);
      request.on('data', onData).on('end', onEnd).on('close', onClose);
    });
  }

  /** To be called once for each body that was read. */
  release(body: Buffer): void {
    this.#bytesInFlight -= body.length;
  }

  /** For the bodies themselves. @throws QueueFullError */
  take(bytes: number): void {
    if (this.#bytesInFlight + bytes > this.#maxBytesInFlight) {
      throw new QueueFullError(`${this.#bytesInFlight} bytes of bodies are in flight`);
    }
    this.#bytesInFlight += bytes;
  }
}

function onData(this: ReadRequest, chunk: Buffer): void {
  try {
    this[ARRIVING]?.add(chunk);
  } catch (error) {
    fail(this, error);
  }
}

function onEnd(this: ReadRequest): void {
  this[ARRIVING]?.finish();
  this[ARRIVING] = undefined;
}

/** Before its end: the sender went away, or took too long. */
function onClose(this: ReadRequest): void {
  if (this[ARRIVING]) fail(this, aborted());
}

function fail(request: ReadRequest, error: unknown): void {
  request[ARRIVING]?.fail(error);
  request[ARRIVING] = undefined;
}

const NOTHING = Buffer.alloc(0);

/** A body, chunk by chunk. */
class ArrivingBody {
  readonly #reader: BodyReader;
  readonly #resolve: (body: Buffer) => void;
  readonly #reject: (error: unknown) => void;
  /** The first chunk itself, since most bodies are one; later a buffer that doubles. */
  #buffer: Buffer = NOTHING;
  #length = 0;

  constructor(
    reader: BodyReader,
    resolve: (body: Buffer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#reader = reader;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** @throws Refusal, QueueFullError */
  add(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    this.#reader.take(chunk.length);
    if (this.#length === 0) {
      this.#buffer = chunk;
    } else {
      if (length > this.#buffer.length) this.#grow(length);
      chunk.copy(this.#buffer, this.#length);
    }
    this.#length = length;
  }

  finish(): void {
    this.#resolve(this.#whole());
  }

  fail(error: unknown): void {
    this.#reader.release(this.#whole());
    this.#reject(error);
  }

  #whole(): Buffer {
    return this.#length === this.#buffer.length
      ? this.#buffer
      : this.#buffer.subarray(0, this.#length);
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * length, MAX_BODY_BYTES));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }
}

function tooLarge(): Refusal {
  return new Refusal('too_large', 413, 'The body is too large.');
}

function aborted(): Refusal {
  return new Refusal('aborted', 400, 'The body was cut off.');
}
