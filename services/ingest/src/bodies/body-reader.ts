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
   * Reads the body whole and works on it; its bytes are in flight until that settles.
   * @throws Refusal `too_large`, `aborted`
   * @throws QueueFullError when the bodies of all requests are over the bound
   */
  async use<Result>(
    request: IncomingMessage,
    work: (body: Buffer) => Promise<Result>,
  ): Promise<Result> {
    const body = new ArrivingBody((bytes) => this.#take(bytes));
    try {
      return await work(await read(request, body));
    } finally {
      this.#bytesInFlight -= body.takenBytes;
    }
  }

  #take(bytes: number): void {
    if (this.#bytesInFlight + bytes > this.#maxBytesInFlight) {
      throw new QueueFullError(`${this.#bytesInFlight} bytes of bodies are in flight`);
    }
    this.#bytesInFlight += bytes;
  }
}

/** A body, chunk by chunk. */
class ArrivingBody {
  takenBytes = 0;
  readonly #take: (bytes: number) => void;
  /** The first chunk itself, since most bodies are one; later a buffer that doubles. */
  #buffer: Buffer = Buffer.alloc(0);

  constructor(take: (bytes: number) => void) {
    this.#take = take;
  }

  /** @throws Refusal, QueueFullError */
  add(chunk: Buffer): void {
    const length = this.takenBytes + chunk.length;
    if (length > MAX_BODY_BYTES) throw tooLarge();
    this.#take(chunk.length);
    if (this.takenBytes === 0) {
      this.#buffer = chunk;
    } else {
      if (length > this.#buffer.length) this.#grow(length);
      chunk.copy(this.#buffer, this.takenBytes);
    }
    this.takenBytes = length;
  }

  whole(): Buffer {
    return this.#buffer.subarray(0, this.takenBytes);
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(2 * length, MAX_BODY_BYTES));
    this.#buffer.copy(larger, 0, 0, this.takenBytes);
    this.#buffer = larger;
  }
}

/** @throws Refusal, QueueFullError; what still arrives then is thrown away by Node */
function read(request: IncomingMessage, body: ArrivingBody): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) {
    reject(tooLarge());
  } else if (request.destroyed) {
    reject(aborted());
  } else {
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onClose);
  }
  return promise;

  function onData(chunk: Buffer): void {
    try {
      body.add(chunk);
    } catch (error) {
      stop();
      reject(error);
    }
  }

  function onEnd(): void {
    stop();
    resolve(body.whole());
  }

  /** Before its end: the sender went away, or took too long. */
  function onClose(): void {
    stop();
    reject(aborted());
  }

  function stop(): void {
    request.off('data', onData);
    request.off('end', onEnd);
    request.off('close', onClose);
  }
}

function tooLarge(): Refusal {
  return new Refusal('too_large', 413, 'The body is too large.');
}

function aborted(): Refusal {
  return new Refusal('aborted', 400, 'The body was cut off.');
}
