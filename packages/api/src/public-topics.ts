/**
 * The topics that programs of others may read: what stands on them, and what readers may rely on (contract,
 * section 4). All other topics are Hookpulse's own and may change with any version.
 */
import { AlertTransitionSchema } from '@hookpulse/common/alerts/alert';
import { BotSchema } from '@hookpulse/common/bots/bot';
import { BotId, Nullable, WebhookEventSchema } from '@hookpulse/common/events/webhook-event';
import Type, { type TSchema } from 'typebox';

const Timestamp = Type.String({ format: 'date-time', description: 'ISO 8601, UTC' });

/** Telegram's object, as it was sent. */
const UpdateSchema = Type.Object(
  { update_id: Type.Integer({ description: 'unique within the bot for at least a week' }) },
  {
    additionalProperties: true,
    description:
      'The Update exactly as Telegram sent it (https://core.telegram.org/bots/api#update). Whatever Telegram adds is there.',
  },
);

export const UpdateRecordSchema = Type.Object({
  bot_id: BotId,
  received_at: Timestamp,
  update: UpdateSchema,
});

export const DeadUpdateSchema = Type.Object({
  bot_id: BotId,
  reason: Type.String({ description: 'why it was given up; Expired' }),
  attempts: Type.Integer({ minimum: 0, description: 'how often it was sent' }),
  last_answer: Nullable(Type.String({ description: 'what the last attempt came to' })),
  received_at: Timestamp,
  given_up_at: Timestamp,
  partition: Type.Integer({ minimum: 0, description: 'of the update on telegram.updates' }),
  offset: Type.String({ description: 'of the update on telegram.updates; a decimal number' }),
  update_id: Nullable(Type.Integer()),
  update: UpdateSchema,
});

const DeadLetterSchema = Type.Unknown({
  description: 'The value as it was found: any bytes, and often not JSON.',
});

/** Of every record that is a CloudEvent. */
const CLOUD_EVENT_HEADERS = {
  ce_specversion: Type.Optional(Type.Literal('1.0')),
  ce_id: Type.Optional(Type.String({ description: 'names the fact, together with ce_source' })),
  ce_source: Type.Optional(Type.String({ description: 'a path such as /bots/<bot_id>/events' })),
  ce_type: Type.Optional(Type.String({ description: 'what happened' })),
  ce_time: Type.Optional(Timestamp),
  'content-type': Type.Optional(Type.String()),
};
const ReplayId = Type.Optional(
  Type.String({
    description: 'Somebody asked for this update once more. Absent: it came from Telegram.',
  }),
);

export interface PublicTopic {
  readonly title: string;
  readonly summary: string;
  readonly payload: TSchema;
  readonly headers: TSchema;
  /** What the key is. */
  readonly key: string;
  /** Of `ce_type`; what follows it after a dot is part of the value as well. */
  readonly ceType: string;
  readonly ordering: string;
  readonly duplicates: string;
  readonly hasJson: boolean;
}

const BY_BOT =
  'All records of a bot are on one partition, in the order in which Hookpulse took them.';

function headersOf(topic: string, more: Readonly<Record<string, TSchema>> = {}) {
  return Type.Object({
    schema: Type.Literal(`${topic}.v1`, { description: 'the shape of the value' }),
    ...CLOUD_EVENT_HEADERS,
    ...more,
  });
}

export const PUBLIC_TOPICS: Readonly<Record<string, PublicTopic>> = {
  'telegram.updates': {
    title: 'Updates',
    summary: 'Every valid update that Telegram delivered, with its bot and when it came.',
    payload: UpdateRecordSchema,
    headers: headersOf('telegram.updates', { 'replay-id': ReplayId }),
    key: 'bot_id',
    ceType: 'hookpulse.update',
    ordering: `${BY_BOT} Telegram itself sends updates of one chat in order, and those of different chats over several connections.`,
    duplicates:
      'An update stands here several times if Telegram delivered it several times: it repeats what it saw no answer to, and it may send one update over several connections. Such records have the same bot_id and update.update_id, and the same ce_source and ce_id. Handle the first and skip the others. A replayed update has the header replay-id and a ce_id of its own: it is meant to be handled again.',
    hasJson: true,
  },
  'webhook.events': {
    title: 'Events',
    summary: 'What happened to updates: received, processed, failed, answered, tried again.',
    payload: WebhookEventSchema,
    headers: headersOf('webhook.events'),
    key: 'bot_id',
    ceType: 'hookpulse.event',
    ordering: `${BY_BOT} A late report stands behind events that happened after it: timestamp says when it happened.`,
    duplicates: 'Records with the same bot_id and event_id are one event. Count the first.',
    hasJson: true,
  },
  'telegram.updates.dead': {
    title: 'Dead updates',
    summary: 'Updates that forwarding gave up, with the reason and the last answer of the bot.',
    payload: DeadUpdateSchema,
    headers: headersOf('telegram.updates.dead'),
    key: 'bot_id',
    ceType: 'hookpulse.dead_update',
    ordering: BY_BOT,
    duplicates: 'Records with the same partition and offset are one dead update.',
    hasJson: true,
  },
  'webhook.alerts': {
    title: 'Alerts',
    summary: 'Each change of an alert: firing, reminder, resolved.',
    payload: AlertTransitionSchema,
    headers: headersOf('webhook.alerts'),
    key: 'bot_id|rule',
    ceType: 'hookpulse.alert',
    ordering:
      'All changes for a bot and rule are on one partition, in their order; sequence counts them. The topic is compacted: earlier has the changes that led to this one.',
    duplicates: 'Records with the same alert_id and sequence are one change.',
    hasJson: true,
  },
  'webhook.bots': {
    title: 'Bots',
    summary: 'The newest record of each bot. Secrets stand here only as SHA-256 or encrypted.',
    payload: BotSchema,
    headers: headersOf('webhook.bots', {
      'change-id': Type.Optional(Type.String({ description: 'for Hookpulse itself' })),
    }),
    key: 'bot_id',
    ceType: 'hookpulse.bot',
    ordering: 'One partition. A null value says that the bot was deleted.',
    duplicates: 'Each record replaces the one before it with the same key.',
    hasJson: true,
  },
  'webhook.events.dlq': {
    title: 'Dead letters',
    summary: 'Records of webhook.events that cannot be read as an event.',
    payload: DeadLetterSchema,
    headers: Type.Object({
      reason: Type.String({ description: 'why it cannot be read' }),
      topic: Type.String({ description: 'where it was found' }),
      partition: Type.String(),
      offset: Type.String(),
      value_bytes: Type.Optional(
        Type.String({ description: 'The value was too large and is cut; this was its size.' }),
      ),
      ...CLOUD_EVENT_HEADERS,
    }),
    key: 'as it was found',
    ceType: 'hookpulse.dead_letter',
    ordering: 'By partition of this topic.',
    duplicates: 'Records with the same headers topic, partition and offset are one dead letter.',
    hasJson: false,
  },
};

/** Whether a program of others may rely on a topic. */
export function isPublicTopic(topic: string): boolean {
  return Object.hasOwn(PUBLIC_TOPICS, topic);
}
