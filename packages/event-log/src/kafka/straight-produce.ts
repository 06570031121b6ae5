/**
 * Lets kafkajs send produce requests that are encoded here (`produce-encoder.ts`), and tell which
 * partitions refused theirs for its size: of an answer with any error kafkajs says only the first, though
 * all other partitions of the request have stored what was for them.
 */
import type { Message } from 'kafkajs';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import produce, {
  type ProduceOptions,
  type ProduceResponse,
} from 'kafkajs/src/protocol/requests/produce/index.js';
import { encodeProduce, type ProducePayload } from './produce-encoder.ts';

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
    if (version < FIRST_VERSION || version > LAST_VERSION) return make;
    return (options) => {
      const made = make(options);
      if (isPlain(options)) {
        made.request.encode = async () => encoderOf(encodeProduce(options, Date.now()));
        made.response = toldSizeRefusals(made.response);
      }
      return made;
    };
  };
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

/** As Hookpulse sends it; what else is sent in this process is left to kafkajs. */
function isPlain(options: ProduceOptions): options is ProduceOptions & ProducePayload {
  const { compression, transactionalId, producerId, topicData } = options;
  const isIdempotent = producerId !== undefined && String(producerId) !== '-1';
  if (compression || transactionalId || isIdempotent) return false;
  return topicData.every(({ partitions }) =>
    partitions.every(({ messages }) => messages.every(isPlainMessage)),
  );
}

function isPlainMessage({ key, value, timestamp, headers }: Message): boolean {
  if (timestamp !== undefined || (typeof key !== 'string' && key !== null)) return false;
  if (typeof value !== 'string' && value !== null && !Buffer.isBuffer(value)) return false;
  for (const name in headers) if (typeof headers[name] !== 'string') return false;
  return true;
}

function encoderOf(bytes: Buffer): Encoder {
  const encoder = new Encoder(0);
  encoder.buf = bytes;
  encoder.offset = bytes.length;
  return encoder;
}
