/**
 * Headers of records. Each has `schema`, which names the shape of its value. Records of public topics are
 * also CloudEvents 1.0 in binary mode: the attributes are headers, and the value is what it would be
 * without them (https://github.com/cloudevents/spec: `spec.md`, and `bindings/kafka-protocol-binding.md`).
 *
 * `ce_source` and `ce_id` together name one fact. A record that repeats a fact has the same two.
 */
import { randomUUID } from 'node:crypto';
import type { AlertTransition } from '@hookpulse/common/alerts/alert';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { EventType, WebhookEvent } from '@hookpulse/common/events/webhook-event';
import type { OutgoingMessage } from './event-log.ts';
import {
  ALERTS_TOPIC,
  BOTS_TOPIC,
  DEAD_LETTER_TOPIC,
  DEAD_UPDATES_TOPIC,
  EVENTS_TOPIC,
  REPLAY_HEADER,
  schemaHeader,
  schemaName,
  UPDATES_TOPIC,
} from './topics.ts';

type Headers = Readonly<Record<string, string>>;

const SPEC_VERSION = '1.0';
const JSON_TYPE = 'application/json';
const ANY_TYPE = 'application/octet-stream';

/** Of `ce_type` by topic; more may follow after a dot. */
export const CE_TYPES = {
  [EVENTS_TOPIC]: 'hookpulse.event',
  [UPDATES_TOPIC]: 'hookpulse.update',
  [DEAD_UPDATES_TOPIC]: 'hookpulse.dead_update',
  [ALERTS_TOPIC]: 'hookpulse.alert',
  [BOTS_TOPIC]: 'hookpulse.bot',
  [DEAD_LETTER_TOPIC]: 'hookpulse.dead_letter',
} as const;

const EVENTS_SCHEMA = schemaName(EVENTS_TOPIC);
const UPDATES_SCHEMA = schemaName(UPDATES_TOPIC);
/** Joined once: ingest needs one for each delivery. */
const EVENT_CE_TYPES: Readonly<Record<EventType, string>> = {
  received: `${CE_TYPES[EVENTS_TOPIC]}.received`,
  processed: `${CE_TYPES[EVENTS_TOPIC]}.processed`,
  error: `${CE_TYPES[EVENTS_TOPIC]}.error`,
  response_sent: `${CE_TYPES[EVENTS_TOPIC]}.response_sent`,
  retry: `${CE_TYPES[EVENTS_TOPIC]}.retry`,
};

/** A record of `webhook.events`. */
export function eventMessage(event: WebhookEvent): OutgoingMessage {
  return {
    topic: EVENTS_TOPIC,
    key: event.bot_id,
    value: JSON.stringify(event),
    headers: eventHeaders(event.event_type, event.event_id, event.bot_id, event.timestamp),
  };
}

/** @param time - ISO 8601, as all of these */
export function eventHeaders(type: EventType, eventId: string, botId: string, time: string) {
  return attributes(EVENTS_SCHEMA, EVENT_CE_TYPES[type], eventId, `/bots/${botId}/events`, time);
}

/**
 * @param receivedEventId - of its `received` event: the same however often Telegram delivers the update
 */
export function updateHeaders(receivedEventId: string, botId: string, receivedAt: string): Headers {
  const source = updatesSource(botId);
  return attributes(UPDATES_SCHEMA, CE_TYPES[UPDATES_TOPIC], receivedEventId, source, receivedAt);
}

/** @param given - of the record that is put on the log once more */
export function replayHeaders(given: Headers, replayId: string): Headers {
  const { ce_id: id } = given;
  return {
    ...schemaHeader(UPDATES_TOPIC),
    ...given,
    ...(id === undefined ? {} : { ce_id: updateIdOf(id, replayId) }),
    [REPLAY_HEADER]: replayId,
  };
}

/**
 * The same update over HTTP, where the names of attributes begin with `ce-`
 * (`bindings/http-protocol-binding.md`). Its body is what Telegram sent, so its type is another one.
 * @param replayId - null: it comes from Telegram
 */
export function updateHttpHeaders(
  receivedEventId: string,
  botId: string,
  receivedAt: string,
  replayId: string | null,
): Headers {
  return {
    'content-type': JSON_TYPE,
    'ce-specversion': SPEC_VERSION,
    'ce-type': 'telegram.update',
    'ce-id': updateIdOf(receivedEventId, replayId),
    'ce-source': updatesSource(botId),
    'ce-time': receivedAt,
  };
}

function updatesSource(botId: string): string {
  return `/bots/${botId}/updates`;
}

/** What is replayed is to be handled again: it is another fact. */
function updateIdOf(receivedEventId: string, replayId: string | null): string {
  return replayId === null ? receivedEventId : `${receivedEventId}/${replayId}`;
}

/** @param place - partition and offset on `telegram.updates` */
export function deadUpdateHeaders(place: string, botId: string, givenUpAt: string): Headers {
  const type = CE_TYPES[DEAD_UPDATES_TOPIC];
  const source = `/bots/${botId}/dead-updates`;
  return attributes(schemaName(DEAD_UPDATES_TOPIC), type, place, source, givenUpAt);
}

export function alertHeaders({ alert_id, sequence, transition, bot_id, at }: AlertTransition) {
  const type = `${CE_TYPES[ALERTS_TOPIC]}.${transition}`;
  const source = `/bots/${bot_id}/alerts`;
  return attributes(schemaName(ALERTS_TOPIC), type, `${alert_id}/${sequence}`, source, at);
}

/** Each write of a bot is a fact of its own. */
export function botHeaders({ bot_id, updated_at }: Bot): Headers {
  const type = `${CE_TYPES[BOTS_TOPIC]}.changed`;
  return attributes(schemaName(BOTS_TOPIC), type, randomUUID(), `/bots/${bot_id}`, updated_at);
}

/** Of a tombstone, which has no value. */
export function deletedBotHeaders(botId: string): Headers {
  return {
    ...schemaHeader(BOTS_TOPIC),
    ce_specversion: SPEC_VERSION,
    ce_type: `${CE_TYPES[BOTS_TOPIC]}.deleted`,
    ce_id: randomUUID(),
    ce_source: `/bots/${botId}`,
  };
}

/** Of a dead letter, whose value may be anything; it also keeps the headers that it came with. */
export function deadLetterHeaders(topic: string, partition: number, offset: bigint): Headers {
  return {
    ce_specversion: SPEC_VERSION,
    ce_type: CE_TYPES[DEAD_LETTER_TOPIC],
    ce_id: `${topic}/${partition}/${offset}`,
    ce_source: '/dead-letters',
    'content-type': ANY_TYPE,
  };
}

function attributes(
  schema: string,
  type: string,
  id: string,
  source: string,
  time: string,
): Headers {
  return {
    schema,
    'content-type': JSON_TYPE,
    ce_specversion: SPEC_VERSION,
    ce_type: type,
    ce_id: id,
    ce_source: source,
    ce_time: time,
  };
}
