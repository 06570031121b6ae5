/**
 * kafkajs 2.2.4 goes on as if nothing had been when a fetch says that the topic is gone and the topic is
 * there again a moment later: it reads the new topic from the old offset on, and what stands below is
 * never seen. This lets the consumer fail instead, so that its successor looks at the topic anew
 * (kafkajs `ConsumerGroup.recoverFromFetch`).
 */
import kafkajs from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { isUnknownTopic } from './kafka-errors.ts';

let isMended = false;

/** Idempotent. */
export function failOnLostTopics(): void {
  if (isMended) return;
  isMended = true;
  const { recoverFromFetch } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromFetch = async function recover(error) {
    if (isUnknownTopic(error)) {
      throw Object.assign(new kafkajs.KafkaJSNonRetriableError(error), { cause: error });
    }
    await recoverFromFetch.call(this, error);
  };
}
