/** What becomes of windows when partitions come and go. */

import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { newEventId } from '@hookpulse/common/events/event-identity';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { EventLog, LogBatch } from '@hookpulse/event-log/event-log';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { logBatch } from '@hookpulse/event-log/testing/log-batch';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { windowShape } from '../domain/window-shape.ts';
import { BotRoster } from './bot-roster.ts';
import { WatchedPartitions } from './watched-partitions.ts';

const WINDOW_MS = 900_000;
const SPEC = { name: EVENTS_TOPIC, partitions: 1, compacted: false };
const PLACES = [{ topic: EVENTS_TOPIC, partition: 0 }];

function open(log: EventLog): WatchedPartitions {
  const rules = defaultRuleSettings({
    windowMs: WINDOW_MS,
    errorRateThreshold: 0.1,
    minEvents: 10,
    signatureFailureThreshold: 5,
    repeatAfterMinutes: 30,
    noTrafficRepeatAfterMinutes: 60,
    noTrafficAfterSeconds: null,
    slowProcessingLimitMs: null,
  });
  return new WatchedPartitions({
    log,
    roster: new BotRoster({
      registry: { list: () => [], get: () => undefined },
      controls: { overrides: {} },
      base: { receivers: [], rules },
      partitionCount: async () => 1,
    }),
    shape: windowShape(WINDOW_MS),
    clock: { now: () => Date.now() },
    logger: silentLogger,
    onFolded: () => undefined,
    onRevoked: () => undefined,
  });
}

async function publish(log: EventLog, count: number): Promise<void> {
  const timestamp = new Date().toISOString();
  const messages = Array.from({ length: count }, () => {
    const event = sampleEvent({ bot_id: 'a', event_id: newEventId(Date.now()), timestamp });
    return { topic: EVENTS_TOPIC, key: 'a', value: JSON.stringify(event) };
  });
  await log.publish(messages);
}

/** Everything from an offset to the end, as a member of the group would get it. */
async function batchFrom(log: EventLog, offset: bigint): Promise<LogBatch> {
  const [range] = await log.ranges(EVENTS_TOPIC);
  const endOffset = range?.endOffset ?? 0n;
  const messages: LogBatch['messages'][number][] = [];
  const follower = await log.follow({
    topic: EVENTS_TOPIC,
    onMessage: (message) => message.offset >= offset && messages.push(message),
  });
  await until('all messages', () => messages.length === Number(endOffset - offset));
  await follower.close();
  return logBatch({ topic: EVENTS_TOPIC, partition: 0 }, messages, { endOffset });
}

function eventsOf(partitions: WatchedPartitions): number | undefined {
  return partitions.get(0)?.facts('a', Date.now()).events;
}

test('a partition that comes back goes on where it stopped', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics([SPEC]);
    await publish(log, 3);
    const partitions = open(log);
    expect(await partitions.onAssigned(PLACES)).toMatchObject([{ offset: 0n }]);
    await partitions.onBatch(await batchFrom(log, 0n));
    await partitions.onRevoked(PLACES);
    expect(partitions.size).toBe(0);
    await publish(log, 2);
    expect(await partitions.onAssigned(PLACES)).toMatchObject([{ offset: 3n }]);
    // What its former owner decided has to be known anew.
    expect(partitions.get(0)?.judgedAsOfMs).toBeNull();
    await partitions.onBatch(await batchFrom(log, 3n));
    expect(eventsOf(partitions)).toBe(5);
  }));

test('a partition of a topic that was made anew is read from its window on', () =>
  withTestLogs(async (logs) => {
    const before = await logs.open();
    await before.ensureTopics([SPEC]);
    await publish(before, 3);
    const batch = await batchFrom(before, 0n);
    const another = await logs.open({ directory: `${logs.directory}/another` });
    await another.ensureTopics([SPEC]);
    let log: EventLog = before;
    const partitions = open({
      ...another,
      offsetsAt: (topic, timestampMs) => log.offsetsAt(topic, timestampMs),
    });
    await partitions.onAssigned(PLACES);
    await partitions.onBatch(batch);
    await partitions.onRevoked(PLACES);
    await until(
      'the clock to have moved',
      () => Date.now() > (batch.messages.at(-1)?.timestampMs ?? 0),
    );
    log = another;
    await publish(another, 4);
    expect(await partitions.onAssigned(PLACES)).toMatchObject([{ offset: 0n }]);
    await partitions.onBatch(await batchFrom(another, 0n));
    expect(eventsOf(partitions)).toBe(4);
  }));

test('a partition revoked between turns is left out', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics([{ ...SPEC, partitions: 3 }]);
    const partitions = open(log);
    const places = [0, 1, 2].map((partition) => ({ topic: EVENTS_TOPIC, partition }));
    await partitions.onAssigned(places);
    const seen: number[] = [];
    let isOthersTurn = false;
    for await (const { partition } of partitions.inTurns()) {
      // A timer, a heartbeat: nothing that is only a promise.
      if (partition > 0) expect(isOthersTurn).toBe(true);
      setImmediate(() => {
        isOthersTurn = true;
      });
      if (partition === 0) await partitions.onRevoked(places.slice(1, 2));
      seen.push(partition);
    }
    expect(seen).toEqual([0, 2]);
  }));
