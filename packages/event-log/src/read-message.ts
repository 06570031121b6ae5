/** A message as both logs hand it over: its headers are decoded on first access, because most readers need none. */
import type { LogMessage } from './event-log.ts';

export type Headers = LogMessage['headers'];

export class ReadMessage implements LogMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly #decodeHeaders: () => Headers;
  #headers: Headers | null = null;

  /** @param decodeHeaders - called at most once */
  constructor(fields: Omit<LogMessage, 'headers'>, decodeHeaders: () => Headers) {
    this.topic = fields.topic;
    this.partition = fields.partition;
    this.offset = fields.offset;
    this.timestampMs = fields.timestampMs;
    this.key = fields.key;
    this.value = fields.value;
    this.#decodeHeaders = decodeHeaders;
  }

  get headers(): Headers {
    this.#headers ??= this.#decodeHeaders();
    return this.#headers;
  }
}
