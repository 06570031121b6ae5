/** What errors of kafkajs mean to users of the port, told by class and type, never by message. */
import kafkajs from 'kafkajs';
import {
  LogRefusedError,
  LogUnavailableError,
  MessageTooLargeError,
  UnknownTopicError,
} from '../event-log.ts';
import { isClosedConnection, refusalOf } from './refusals.ts';

/** Protocol errors by which a broker tells a member that it acts on an old assignment. */
const STALE_MEMBER_TYPES: ReadonlySet<string> = new Set([
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'NOT_COORDINATOR_FOR_GROUP',
  'FENCED_INSTANCE_ID',
]);

/** Protocol errors of topics and groups that are being made or moved. */
const NOT_READY_TYPES: ReadonlySet<string> = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
]);

/** The error of the port for an error of kafkajs; errors of the port stay as they are. */
export function toLogError(error: unknown, what: string): Error {
  if (
    error instanceof LogUnavailableError ||
    error instanceof UnknownTopicError ||
    error instanceof MessageTooLargeError
  ) {
    return error;
  }
  const type = protocolErrorType(error);
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'INVALID_TOPIC_EXCEPTION') {
    return new UnknownTopicError(`${what}: no such topic`, { cause: error });
  }
  if (type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE') {
    return new MessageTooLargeError(`${what}: too large for the topic`, { cause: error });
  }
  const refusal = refusalOf(error);
  if (refusal !== null) {
    return new LogRefusedError(`${what}: Kafka refuses access: ${refusal}`, { cause: error });
  }
  const outage = isClosedConnection(error)
    ? 'Kafka closed the connection (as it also does when KAFKA_SSL or KAFKA_SASL_MECHANISM is wrong)'
    : 'Kafka did not answer';
  return new LogUnavailableError(`${what}: ${outage}`, { cause: error });
}

export function isUnknownTopic(error: unknown): boolean {
  return protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION';
}

/** Whether a topic that was just made is not everywhere yet. */
export function isNotReady(error: unknown): boolean {
  if (error instanceof kafkajs.KafkaJSMetadataNotLoaded) return true;
  const type = protocolErrorType(error);
  return type !== null && NOT_READY_TYPES.has(type);
}

/** Whether the error says that the group has moved on without this member. */
export function isStaleMember(error: unknown): boolean {
  const type = protocolErrorType(error);
  return type !== null && STALE_MEMBER_TYPES.has(type);
}

/** Kafka's own name of the error, from the error or from what caused it. */
function protocolErrorType(error: unknown): string | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('type' in cause && typeof cause.type === 'string') return cause.type;
  }
  return null;
}

/** There was no answer yet when the time was over. */
export class NoAnswerYetError extends LogUnavailableError {}

/**
 * Waits no longer than this for the work, which itself goes on.
 * @throws NoAnswerYetError after `limitMs`
 */
export async function withinMs<Result>(
  limitMs: number,
  what: string,
  work: Promise<Result>,
): Promise<Result> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    limit.reject(new NoAnswerYetError(`${what}: no answer within ${Math.round(limitMs)} ms`));
  }, limitMs);
  // The work may fail after the limit, when nobody listens any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
