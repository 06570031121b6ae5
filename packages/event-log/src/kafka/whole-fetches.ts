/**
 * Tells all that a fetch tells. kafkajs 2.2.4 hands over messages alone: a fetch that brought only
 * markers of transactions, transactions that were given up or what compaction has left of a batch goes
 * unsaid, so that nobody knows that the end was reached; on an empty batch it stays for ever; of two
 * transactions that were given up it may let the second one through; and one batch that it cannot
 * decompress crashes the whole consumer. Here every answer is handed over, with how far it reaches.
 */
import type { Batch, KafkaMessage } from 'kafkajs';
import KafkajsBatch from 'kafkajs/src/consumer/batch.js';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import response from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { hasLogTime, KafkajsMessage, toLogMessage } from './kafka-messages.ts';
import type { FetchedMessages } from './partition-delivery.ts';
import {
  type AbortedTransaction,
  type FetchedRecords,
  readRecordBatches,
  type UnreadableBatch,
} from './record-batches.ts';

/** How far an answer to a fetch reaches. */
export interface FetchReach {
  /** The first offset that was asked for. */
  readonly fetchedOffset: bigint;
  /** The first offset that was not read; the one that was asked for when nothing was. */
  readonly nextOffset: bigint;
  /** Where the partition ends. */
  readonly endOffset: bigint;
  /** Where reading ends for now: at the end, or at a transaction that is still open. */
  readonly readableOffset: bigint;
  readonly unreadable: UnreadableBatch | null;
}

interface Told extends FetchedRecords {
  /** Below 0: the answer does not say. */
  readonly stableOffset: bigint;
}

/** By the list of messages that kafkajs makes a `Batch` of. */
const told = new WeakMap<readonly KafkaMessage[], Told>();

let isMended = false;

/** Idempotent. */
export function handOverWholeFetches(): void {
  if (isMended) return;
  isMended = true;
  response.decode = decodeAnswer;
  const { isEmpty } = KafkajsBatch.prototype;
  KafkajsBatch.prototype.isEmpty = function isNothing(this: KafkajsBatch): boolean {
    return !told.has(this.rawMessages) && isEmpty.call(this);
  };
}

/** What was fetched of a partition. */
export function fetchedMessagesOf(batch: Batch, reach: FetchReach): FetchedMessages {
  const { fetchedOffset, nextOffset, endOffset, readableOffset } = reach;
  const known = knownOf(batch);
  // Answers begin with the whole batch that holds the first offset that was asked for.
  const messages =
    known?.messages.filter(({ offset }) => offset >= fetchedOffset) ??
    batch.messages.map((message) => toLogMessage(message, batch));
  return {
    messages,
    nextOffset,
    endOffset,
    readableOffset,
    hasLogTime: known?.hasLogTime ?? batch.messages.every(hasLogTime),
  };
}

function knownOf(batch: Batch): Told | undefined {
  return batch instanceof KafkajsBatch ? told.get(batch.rawMessages) : undefined;
}

export function reachOf(batch: Batch): FetchReach {
  const known = knownOf(batch);
  const endOffset = BigInt(batch.highWatermark);
  const fetchedOffset =
    batch instanceof KafkajsBatch
      ? BigInt(batch.fetchedOffset)
      : BigInt(batch.firstOffset() ?? batch.lastOffset());
  // Brokers before 2.3 answer in another form, of which kafkajs tells the messages alone.
  const read = known ? known.nextOffset : BigInt(batch.lastOffset()) + 1n;
  const stableOffset = known?.stableOffset ?? -1n;
  return {
    fetchedOffset,
    nextOffset: read !== null && read > fetchedOffset ? read : fetchedOffset,
    endOffset,
    readableOffset: stableOffset < 0n ? endOffset : stableOffset,
    unreadable: known?.unreadable ?? null,
  };
}

/** Fetch Response, version 11 (https://kafka.apache.org/protocol#The_Messages_Fetch). */
async function decodeAnswer(data: Buffer) {
  const decoder = new Decoder(data);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const sessionId = decoder.readInt32();
  const responses = await decoder.readArrayAsync(async (topic) => {
    const topicName = topic.readString();
    const partitions = await topic.readArrayAsync((one) => decodePartition(one, topicName));
    return { topicName, partitions };
  });
  // As kafkajs has it: the broker has not waited, and asks the client to.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function decodePartition(decoder: Decoder, topic: string) {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = String(decoder.readInt64());
  const lastStableOffset = String(decoder.readInt64());
  const logStartOffset = String(decoder.readInt64());
  const aborted = decoder.readArray(decodeAbortedTransaction);
  const preferredReadReplica = decoder.readInt32();
  const bytes = decoder.readBytes() ?? Buffer.alloc(0);
  const records = await readRecordBatches(bytes, aborted, { topic, partition });
  const messages = records.messages.map((message) => new KafkajsMessage(message));
  told.set(messages, { ...records, stableOffset: BigInt(lastStableOffset) });
  return {
    partition,
    errorCode,
    highWatermark,
    lastStableOffset,
    lastStartOffset: logStartOffset,
    // Their messages are left out already.
    abortedTransactions: [],
    preferredReadReplica,
    messages,
  };
}

function decodeAbortedTransaction(decoder: Decoder): AbortedTransaction {
  return {
    producerId: String(decoder.readInt64()),
    firstOffset: String(decoder.readInt64()),
  };
}
