/**
 * The internals of kafkajs that are used: see `quiet-request-queue.ts`, `lost-topics.ts`,
 * `client-sockets.ts`, `sasl-mechanism.ts`, `cluster-offsets.ts`, `record-batches.ts`, `straight-produce.ts` and
 * `whole-fetches.ts`.
 */

declare module 'kafkajs/src/network/requestQueue/index.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class RequestQueue {
    pending: readonly unknown[];
    throttledUntil: number;
    throttleCheckTimeoutId: NodeJS.Timeout | null;
    /** By correlation id: sent, and not answered yet. */
    readonly inflight: ReadonlyMap<number, InflightRequest>;
    readonly enforceRequestTimeout: boolean;
    requestTimeoutIntervalId: NodeJS.Timeout | null;
    isConnected(): boolean;
    /** Ends the check of time-outs. */
    destroy(): void;
    checkPendingRequests(): void;
    scheduleCheckPendingRequests(): void;
    scheduleRequestTimeoutCheck(): void;
  }

  export interface InflightRequest {
    /** Milliseconds. */
    readonly requestTimeout: number;
    /** Lets whoever waits for it fail. */
    timeoutRequest(): void;
  }
}

declare module 'kafkajs/src/consumer/consumerGroup.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class ConsumerGroup {
    constructor(options: Readonly<Record<string, unknown>>);
    /** Of its generation; null: it has not joined. */
    memberId: string | null;
    coordinator: { heartbeat(payload: object): Promise<void> } | null;
    /** Of the last heartbeat, milliseconds since the epoch. */
    lastRequest: number;
    heartbeat(options: { readonly interval: number }): Promise<void>;
    recoverFromFetch(error: Error): Promise<void>;
  }
}

declare module 'kafkajs/src/network/socketFactory.js' {
  import type { ISocketFactory } from 'kafkajs';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function createSocketFactory(): ISocketFactory;
}

/** `plain`, `scram256`, `scram512`: functions of one form. */
declare module 'kafkajs/src/broker/saslAuthenticator/*.js' {
  import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function provider(credentials: {
    readonly username: string;
    readonly password: string;
  }): (args: AuthenticationProviderArgs) => Authenticator;
}

declare module 'kafkajs/src/cluster/index.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class Cluster {
    isolationLevel: number | undefined;
    fetchTopicsOffset(
      topics: readonly {
        readonly topic: string;
        readonly partitions: readonly { readonly partition: number }[];
      }[],
    ): Promise<unknown>;
    findTopicPartitionMetadata(topic: string): { readonly partitionId: number }[];
    refreshMetadata(): Promise<void>;
  }
}

declare module 'kafkajs/src/consumer/batch.js' {
  import type { KafkaMessage, Batch as PublicBatch } from 'kafkajs';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class Batch implements PublicBatch {
    readonly topic: string;
    readonly partition: number;
    readonly highWatermark: string;
    readonly messages: KafkaMessage[];
    readonly fetchedOffset: string;
    readonly rawMessages: readonly KafkaMessage[];
    isEmpty(): boolean;
    firstOffset(): string | null;
    lastOffset(): string;
    offsetLag(): string;
    offsetLagLow(): string;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class Encoder {
    /** What is written so far stands before `offset`. */
    buf: Buffer;
    offset: number;
    readonly buffer: Buffer;
    constructor(initialSize?: number);
    static nextPowerOfTwo(value: number): number;
    ensureAvailable(length: number): void;
    writeString(value: string): this;
    writeVarInt(value: number): this;
  }
}

declare module 'kafkajs/src/protocol/requests/produce/index.js' {
  import type { Message } from 'kafkajs';
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  export interface ProduceOptions {
    readonly acks: number;
    readonly timeout: number;
    readonly topicData: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly messages: readonly Message[];
      }[];
    }[];
    readonly compression?: number | undefined;
    readonly transactionalId?: string | null | undefined;
    /** A `Long`. */
    readonly producerId?: { toString(): string } | undefined;
  }

  export interface ProduceResponse {
    decode(data: Buffer): Promise<ProduceAnswer>;
    /** Throws for the first error in it. */
    parse(answer: ProduceAnswer): Promise<ProduceAnswer>;
  }

  export interface ProduceAnswer {
    readonly topics: readonly {
      readonly topicName: string;
      readonly partitions: readonly { readonly partition: number; readonly errorCode: number }[];
    }[];
  }

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default produce;
  const produce: {
    protocol(options: { readonly version: number }): (options: ProduceOptions) => {
      readonly request: { encode(): Promise<Encoder> };
      response: ProduceResponse;
    };
  };
}

declare module 'kafkajs/src/protocol/recordBatch/crc32C/index.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function crc32C(bytes: Buffer): number;
}

declare module 'kafkajs/src/protocol/requests/produce/v3/request.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';
  import type { ProduceOptions } from 'kafkajs/src/protocol/requests/produce/index.js';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function request(options: ProduceOptions): { encode(): Promise<Encoder> };
}

declare module 'kafkajs/src/protocol/decoder.js' {
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default class Decoder {
    constructor(buffer: Buffer);
    readInt16(): number;
    readInt32(): number;
    readInt64(): { toString(): string };
    readString(): string;
    readBytes(length?: number): Buffer | null;
    readArray<Item>(read: (decoder: Decoder) => Item): Item[];
    readArrayAsync<Item>(read: (decoder: Decoder) => Promise<Item>): Promise<Item[]>;
  }
}

declare module 'kafkajs/src/protocol/recordBatch/v0/decoder.js' {
  import type { KafkaMessage } from 'kafkajs';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function decodeRecordBatch(
    decoder: Decoder,
  ): Promise<{ readonly records: readonly KafkaMessage[] }>;
}

declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  export function RecordBatch(batch: Readonly<Record<string, unknown>>): Promise<Encoder>;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function encodeRecord(record: Readonly<Record<string, unknown>>): Encoder;
}

declare module 'kafkajs/src/protocol/messageSet/decoder.js' {
  import type { KafkaMessage } from 'kafkajs';
  import type Decoder from 'kafkajs/src/protocol/decoder.js';

  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default function decodeMessageSet(
    decoder: Decoder,
    bytes: number,
  ): Promise<readonly KafkaMessage[]>;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/response.js' {
  const response: { decode(data: Buffer): Promise<unknown> };
  // biome-ignore lint/style/noDefaultExport: what kafkajs exports.
  export default response;
}
