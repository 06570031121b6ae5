/** Requests to rebuild and the answers to them, as they stand on `webhook.rebuilds`. */

import {
  type RebuildAnswer,
  RebuildAnswerSchema,
  type RebuildRequest,
  RebuildRequestSchema,
} from '@hookpulse/common/windows/rebuild';
import type { LogMessage, OutgoingMessage } from '@hookpulse/event-log/event-log';
import { parseAs } from '@hookpulse/event-log/json-value';
import { REBUILDS_TOPIC, schemaHeader } from '@hookpulse/event-log/topics';
import { Compile } from 'typebox/compile';

export type ReadRebuildMessage =
  | { readonly kind: 'request'; readonly request: RebuildRequest }
  | { readonly kind: 'answer'; readonly answer: RebuildAnswer }
  | { readonly kind: 'forget'; readonly rebuildId: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const requestValidator = Compile(RebuildRequestSchema);
const answerValidator = Compile(RebuildAnswerSchema);
/** Between the request's id and the partition in the key of an answer. */
const SEPARATOR = '|';

export function requestToMessage(request: RebuildRequest): OutgoingMessage {
  return message(request.rebuild_id, JSON.stringify(request));
}

export function answerToMessage(answer: RebuildAnswer): OutgoingMessage {
  return message(answerKey(answer), JSON.stringify(answer));
}

/** Lets the topic forget a request and its answers. */
export function forgetMessages(rebuildId: string, partitions: number): OutgoingMessage[] {
  const keys = Array.from({ length: partitions }, (_, partition) =>
    answerKey({ rebuild_id: rebuildId, partition }),
  );
  return [rebuildId, ...keys].map((key) => message(key, null));
}

/** Never throws: the topic is open to other programs, so anything may stand there. */
export function readRebuildMessage({ key, value }: LogMessage): ReadRebuildMessage {
  if (key === null) return { kind: 'unreadable', reason: 'it has no key' };
  const [rebuildId = '', partition] = key.split(SEPARATOR);
  if (value === null) return { kind: 'forget', rebuildId };
  if (partition === undefined) {
    const request = parseAs(value, requestValidator);
    return request?.rebuild_id === key
      ? { kind: 'request', request }
      : { kind: 'unreadable', reason: 'its value is not the request of its key' };
  }
  const answer = parseAs(value, answerValidator);
  return answer && answerKey(answer) === key
    ? { kind: 'answer', answer }
    : { kind: 'unreadable', reason: 'its value is not the answer of its key' };
}

function message(key: string, value: string | null): OutgoingMessage {
  return { topic: REBUILDS_TOPIC, key, value, headers: schemaHeader(REBUILDS_TOPIC) };
}

function answerKey(answer: Pick<RebuildAnswer, 'rebuild_id' | 'partition'>): string {
  return `${answer.rebuild_id}${SEPARATOR}${answer.partition}`;
}
