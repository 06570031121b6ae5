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
import type { RowChange, Unreadable } from '../topic-table.ts';

export type RebuildChange =
  | { readonly kind: 'request'; readonly request: RebuildRequest }
  | { readonly kind: 'answer'; readonly answer: RebuildAnswer }
  | { readonly kind: 'forget' };

const requestValidator = Compile(RebuildRequestSchema);
const answerValidator = Compile(RebuildAnswerSchema);
/** Between the request's id and the partition in the key of an answer. */
const SEPARATOR = '|';

export function answerToMessage(answer: RebuildAnswer): OutgoingMessage {
  return {
    topic: REBUILDS_TOPIC,
    key: answerKey(answer),
    value: JSON.stringify(answer),
    headers: schemaHeader(REBUILDS_TOPIC),
  };
}

/** Keys of a request and of all answers to it. */
export function rebuildKeys({ rebuild_id, partitions }: RebuildRequest): string[] {
  const answers = Array.from({ length: partitions }, (_, partition) =>
    answerKey({ rebuild_id, partition }),
  );
  return [rebuild_id, ...answers];
}

/** Never throws: the topic is open to other programs, so anything may stand there. */
export function parseRebuildMessage({
  key: messageKey,
  value,
}: LogMessage): RowChange<RebuildChange> | Unreadable {
  if (messageKey === null) return { reason: 'it has no key' };
  const [key = '', partition] = messageKey.split(SEPARATOR);
  if (value === null) return { key, change: { kind: 'forget' } };
  if (partition === undefined) {
    const request = parseAs(value, requestValidator);
    return request?.rebuild_id === messageKey
      ? { key, change: { kind: 'request', request } }
      : { reason: 'its value is not the request of its key' };
  }
  const answer = parseAs(value, answerValidator);
  return answer && answerKey(answer) === messageKey
    ? { key, change: { kind: 'answer', answer } }
    : { reason: 'its value is not the answer of its key' };
}

function answerKey(answer: Pick<RebuildAnswer, 'rebuild_id' | 'partition'>): string {
  return `${answer.rebuild_id}${SEPARATOR}${answer.partition}`;
}
