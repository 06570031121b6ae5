/** Collects the messages of many publishes into one frame for the writer thread. */
import type { OutgoingMessage } from '../event-log.ts';
import { valueByteLength } from '../limits.ts';
import { type AppendFrame, NULL_VALUE } from './writer-protocol.ts';

/** About a hundred updates; the buffer doubles when that is not enough. */
const INITIAL_BYTES = 64 * 1024;

export class AppendFrameBuilder {
  readonly #partitionIds: number[] = [];
  readonly #keys: string[] = [];
  readonly #headers: (string | null)[] = [];
  readonly #valueLengths: number[] = [];
  #buffer = new ArrayBuffer(INITIAL_BYTES);
  #values = Buffer.from(this.#buffer);
  #end = 0;

  get isEmpty(): boolean {
    return this.#keys.length === 0;
  }

  /** Bytes of the values so far. */
  get byteLength(): number {
    return this.#end;
  }

  add(partitionId: number, message: OutgoingMessage): void {
    this.#partitionIds.push(partitionId);
    this.#keys.push(message.key);
    this.#headers.push(message.headers ? JSON.stringify(message.headers) : null);
    this.#valueLengths.push(message.value === null ? NULL_VALUE : this.#addValue(message.value));
  }

  /** The frame. Its buffer is to be transferred, so this builder is used up. */
  build(): AppendFrame {
    return {
      partitionIds: this.#partitionIds,
      keys: this.#keys,
      headers: this.#headers,
      valueLengths: this.#valueLengths,
      values: this.#buffer,
    };
  }

  #addValue(value: string | Uint8Array): number {
    const length = valueByteLength(value);
    this.#reserve(length);
    if (typeof value === 'string') this.#values.write(value, this.#end);
    else this.#values.set(value, this.#end);
    this.#end += length;
    return length;
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes;
    if (needed <= this.#buffer.byteLength) return;
    this.#buffer = this.#buffer.transfer(Math.max(needed, this.#buffer.byteLength * 2));
    this.#values = Buffer.from(this.#buffer);
  }
}
