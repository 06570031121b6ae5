/**
 * Lets kafkajs send produce requests that are encoded here (`produce-encoder.ts`), take all messages of
 * a partition for one (it copies what it has of a partition for each message that it adds), and tell which
 * partitions refused theirs for its size: of an answer with any error kafkajs says only the first, though
 * all other partitions of the request have stored what was for them.
 */
import type { Message } from 'kafkajs';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import produce, {
  type ProduceOptions,
  type ProduceResponse,
} from 'kafkajs/src/protocol/requests/produce/index.js';
import { encodeProduce, type ProducedMessage, type ProducePayload } from './produce-encoder.ts';

/** The first version with record batches v2, and the last one that kafkajs knows. */
const [FIRST_VERSION, LAST_VERSION] = [3, 7];
/** Error codes of Kafka's protocol. */
const [MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE] = [10, 18];

let isDone = false;

/** Idempotent. */
export function produceStraight(): void {
  if (isDone) return;
  isDone = true;
  const { protocol } = produce;
  produce.protocol = ({ version }) => {
    const make = protocol({ version });
    const isKnown = version >= FIRST_VERSION && version <= LAST_VERSION;
    return (options) => {
      const payload = payloadOf(options);
      if (payload === null) return make(options);
      if (!isKnown) throw new Error(`Kafka 0.11 or later is needed (produce request ${version})`);
      const made = make(options);
      made.request.encode = async () => encoderOf(encodeProduce(payload, Date.now()));
      made.response = toldSizeRefusals(made.response);
      return made;
    };
  };
}

/** All messages of a partition, as one to kafkajs. */
export interface WholeBatch extends Message {
  readonly messages: readonly ProducedMessage[];
  readonly partition: number;
  /** How many the topic had when they were placed. */
  readonly partitionCount: number;
}

/** Null: what else is sent in this process is left to kafkajs. */
function payloadOf(options: ProduceOptions): ProducePayload | null {
  if (!isPlain(options)) return null;
  const topicData = [];
  for (const { topic, partitions } of options.topicData) {
    const batches = [];
    for (const { partition, messages } of partitions) {
      const [batch] = messages;
      if (!batch || !isWholeBatch(batch)) return null;
      batches.push({ partition, messages: batch.messages });
    }
    topicData.push({ topic, partitions: batches });
  }
  return { acks: options.acks, timeout: options.timeout, topicData };
}

function isPlain({ compression, transactionalId, producerId }: ProduceOptions): boolean {
  const isIdempotent = producerId !== undefined && String(producerId) !== '-1';
  return !compression && !transactionalId && !isIdempotent;
}

export function isWholeBatch(message: Message | WholeBatch): message is WholeBatch {
  return 'messages' in message;
}

/** Whether a partition took nothing of a request because that was too large for its topic. */
export function isSizeRefusal({ errorCode }: { readonly errorCode: number }): boolean {
  return errorCode === MESSAGE_TOO_LARGE || errorCode === RECORD_LIST_TOO_LARGE;
}

function toldSizeRefusals({ decode, parse }: ProduceResponse): ProduceResponse {
  return {
    decode,
    async parse(answer) {
      const topics = answer.topics.map((topic) => ({
        ...topic,
        partitions: topic.partitions.filter((partition) => !isSizeRefusal(partition)),
      }));
      await parse({ ...answer, topics });
      return answer;
    },
  };
}

function encoderOf(bytes: Buffer): Encoder {
  const encoder = new Encoder(0);
  encoder.buf = bytes;
  encoder.offset = bytes.length;
  return encoder;
}
