/** The public topics as an AsyncAPI 3.0 document (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */

import { isPublicTopic, PUBLIC_TOPICS, type PublicTopic } from './public-topics.ts';
import { exampleOf, type SchemaRecord } from './schema-example.ts';

/** A topic as it is created when it is missing. */
export interface CreatedTopic {
  readonly name: string;
  readonly partitions: number;
  readonly compacted: boolean;
  /** Absent: as the log keeps any. */
  readonly retentionDays?: number;
}

export interface AsyncApiOptions {
  readonly version: string;
  /** All topics of Hookpulse. */
  readonly topics: readonly CreatedTopic[];
}

const KAFKA_BINDING = '0.5.0';
const JSON_TYPE = 'application/json';
const ANY_TYPE = 'application/octet-stream';

const DESCRIPTION = [
  'The topics that stream consumers may subscribe to, on Kafka or in the embedded log.',
  'Every record has the header `schema`, such as `webhook.events.v1`, and is a CloudEvent 1.0 in binary mode: `ce_source` and `ce_id` name the fact, `ce_type` says what happened. Records that an earlier version wrote may lack the `ce_` headers.',
  'Delivery is at least once: each channel says how to tell duplicates.',
  'Fields, headers and values of enumerations are only added. A reader ignores what it does not know. A change of any other kind is a new `schema`, beside the old one.',
].join('\n\n');

export function asyncApiDocument({ version, topics }: AsyncApiOptions): SchemaRecord {
  const described = topics.flatMap((topic) => {
    const about = PUBLIC_TOPICS[topic.name];
    return about ? [{ topic, about }] : [];
  });
  return {
    asyncapi: '3.0.0',
    info: { title: 'Hookpulse topics', version, description: DESCRIPTION },
    defaultContentType: JSON_TYPE,
    channels: Object.fromEntries(
      described.map(({ topic, about }) => [topic.name, channelOf(topic, about)]),
    ),
    operations: Object.fromEntries(
      described.map(({ topic, about }) => [
        `send-${topic.name}`,
        {
          action: 'send',
          channel: { $ref: `#/channels/${topic.name}` },
          summary: `Hookpulse writes ${topic.name}. ${about.summary}`,
        },
      ]),
    ),
    components: {
      messages: Object.fromEntries(
        described.map(({ topic, about }) => [topic.name, messageOf(topic.name, about)]),
      ),
    },
    // Not part of the contract. Listed so that their absence above is no oversight.
    'x-internal-topics': topics.map(({ name }) => name).filter((name) => !isPublicTopic(name)),
  };
}

function channelOf(topic: CreatedTopic, { title, summary, ordering, duplicates }: PublicTopic) {
  const { name, partitions, compacted } = topic;
  return {
    address: name,
    title,
    summary,
    description: [ordering, `${retentionOf(topic)}.`, duplicates].join('\n\n'),
    messages: { record: { $ref: `#/components/messages/${name}` } },
    bindings: {
      kafka: {
        topic: name,
        partitions,
        topicConfiguration: { 'cleanup.policy': [compacted ? 'compact' : 'delete'] },
        bindingVersion: KAFKA_BINDING,
      },
    },
    'x-ordering': ordering,
    'x-retention': retentionOf(topic),
    'x-duplicates': duplicates,
  };
}

function retentionOf({ compacted, retentionDays }: CreatedTopic): string {
  if (compacted) return 'The newest record of each key is kept for good';
  if (retentionDays !== undefined) return `Records are kept for ${retentionDays} days`;
  return 'Records are kept as long as the log keeps any: seven days by default, both on Kafka and in the embedded log';
}

function messageOf(
  topic: string,
  { title, summary, payload, headers, key, ceType, hasJson }: PublicTopic,
) {
  return {
    name: topic,
    title,
    summary,
    contentType: hasJson ? JSON_TYPE : ANY_TYPE,
    headers,
    payload,
    bindings: {
      kafka: { key: { type: 'string', description: key }, bindingVersion: KAFKA_BINDING },
    },
    examples: [{ headers: exampleHeaders(topic, ceType, hasJson), payload: exampleOf(payload) }],
  };
}

function exampleHeaders(topic: string, ceType: string, hasJson: boolean) {
  if (!hasJson) {
    return {
      reason: 'the value is not JSON',
      topic: 'webhook.events',
      partition: '3',
      offset: '12',
    };
  }
  return {
    schema: `${topic}.v1`,
    'content-type': JSON_TYPE,
    ce_specversion: '1.0',
    ce_type: ceType,
    ce_id: '0194f2a0-0000-8000-8000-0000000000aa',
    ce_source: '/bots/orders-bot',
    ce_time: '2026-02-10T20:00:00.000Z',
  };
}
