/** Asks Kafka itself: are the topics there, as safe as the cluster allows, and read to their ends? */

import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog, TopicSpec } from '@hookpulse/event-log/event-log';
import { readTopicLayouts, type TopicLayout } from '@hookpulse/event-log/kafka/topic-layout';
import type { EventLogSettings } from '@hookpulse/event-log/open-event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import {
  AGGREGATOR_GROUP,
  EVENTS_TOPIC,
  TOPIC_SPECS,
  UPDATES_TOPIC,
} from '@hookpulse/event-log/topics';
import { type Check, problem } from './check.ts';

/** Read within seconds; more means that it does not keep up. */
const MANY_MESSAGES = 10_000n;
const LOG_REMEDY =
  'Check that the brokers run and are reached from here, and KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_… .';
/** Of Kafka's own default, which topics that were made by hand may have: 1 MiB with the record's overhead. */
const UPDATE_BYTES = 1_048_588;
/** An event with texts of the longest in four-byte characters. */
const OTHER_BYTES = 16 * 1024;

export async function checkLog(settings: EventLogSettings, logger: Logger): Promise<Check[]> {
  const { kafka, clientId } = settings;
  if (kafka === null) {
    return [
      {
        name: 'log',
        state: 'skipped',
        detail: 'embedded: checked through the services above',
      },
    ];
  }
  try {
    const names = TOPIC_SPECS.map(({ name }) => name);
    const layouts = await readTopicLayouts({ ...kafka, clientId }, names, logger);
    const topics = TOPIC_SPECS.map((spec) => checkTopic(spec, layouts));
    return [...topics, await checkLag(settings, logger)];
  } catch (error) {
    return [problem('log', error, LOG_REMEDY)];
  }
}

export function checkTopic(
  { name, partitions }: TopicSpec,
  layouts: readonly TopicLayout[],
): Check {
  const label = `topic ${name}`;
  const layout = layouts.find(({ topic }) => topic === name);
  if (!layout)
    return {
      name: label,
      state: 'problem',
      detail: 'is missing; the next start creates it',
      remedy:
        'Restart any service of Hookpulse. Where it may not create topics, create it yourself (docs/guides/production.md).',
    };
  const { replicas, inSyncReplicas } = layout;
  const detail = [
    `${layout.partitions} partitions`,
    ...(layout.partitions === partitions ? [] : [`by default ${partitions}`]),
    `${replicas} replicas, ${inSyncReplicas} in sync`,
  ].join(', ');
  const isShort = inSyncReplicas < replicas;
  const tooSmall = sizeProblem(layout);
  if (tooSmall !== null) {
    const remedy = `kafka-configs.sh --alter --entity-type topics --entity-name ${name} --add-config max.message.bytes=${UPDATE_BYTES}`;
    return { name: label, state: 'problem', detail: `${detail}; ${tooSmall}`, remedy };
  }
  if (!isShort) return { name: label, state: 'ok', detail };
  return {
    name: label,
    state: 'problem',
    detail,
    remedy:
      'A broker is away or behind: look at its log output and disk, and wait until all replicas are in sync.',
  };
}

/** Null: it takes whatever Hookpulse writes there. */
function sizeProblem({ topic, maxMessageBytes }: TopicLayout): string | null {
  const neededBytes = topic === UPDATES_TOPIC ? UPDATE_BYTES : OTHER_BYTES;
  if (maxMessageBytes === null || maxMessageBytes >= neededBytes) return null;
  return `max.message.bytes is ${maxMessageBytes}, but messages can have ${neededBytes} bytes: raise it`;
}

async function checkLag(settings: EventLogSettings, logger: Logger): Promise<Check> {
  const log = await openEventLog(settings, logger);
  try {
    const lag = await groupLag(log);
    const detail = `${lag} messages of ${EVENTS_TOPIC} are not counted yet`;
    const name = 'lag of the aggregator';
    if (lag <= MANY_MESSAGES) return { name, state: 'ok', detail };
    return {
      name,
      state: 'warning',
      detail,
      remedy:
        'Ask again in a minute. If it grows, start another aggregator, or look for a slow store (docs/guides/troubleshooting.md#lag).',
    };
  } finally {
    await log.close();
  }
}

/** Where nothing is committed, everything that is held is still to be read. */
async function groupLag(log: EventLog): Promise<bigint> {
  const committed = await log.committed(AGGREGATOR_GROUP, EVENTS_TOPIC);
  const ranges = await log.ranges(EVENTS_TOPIC);
  return ranges.reduce((sum, { partition, startOffset, endOffset }) => {
    const next = committed.find((one) => one.partition === partition)?.offset ?? startOffset;
    return next < endOffset ? sum + endOffset - next : sum;
  }, 0n);
}
