/** What a successor finds, whenever the owner before it ends. */

import { until } from '@hookpulse/common/testing/until';
import type { Consumer, EventLog, LogPosition } from '@hookpulse/event-log/event-log';
import { FORWARDER_GROUP, FORWARDING_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { repeatedPublishing } from '@hookpulse/service-kit/http/engine-check';
import { measureLog } from '@hookpulse/service-kit/metrics/measured-log';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { forwarderMetrics } from './metrics.ts';
import { PROGRESS, type ProgressRecord } from './progress/progress-record.ts';
import {
  type ForwarderFixture,
  messageOf,
  openForwarderFixture,
} from './testing/forwarder-fixture.ts';
import { hang, ok, startTestBot, type TestBotServer } from './testing/test-bots.ts';

let fixture: ForwarderFixture;
let bot: TestBotServer;

beforeEach(async () => {
  fixture = await openForwarderFixture();
  bot = await startTestBot();
});
afterEach(async () => {
  await fixture.close();
  await bot.close();
});

/** The log of the fixture, but for what is given. */
function logWith(
  changes: Partial<EventLog>,
  changesOf: (consumer: Consumer) => Partial<Consumer>,
): EventLog {
  const deps = { metrics: forwarderMetrics(), health: repeatedPublishing() };
  return {
    ...measureLog(fixture.log, deps),
    ...changes,
    async consume(options) {
      const consumer = await fixture.log.consume(options);
      return {
        isMember: true,
        seek: (position) => consumer.seek(position),
        pause: (partitions) => consumer.pause(partitions),
        resume: (partitions) => consumer.resume(partitions),
        commit: (positions) => consumer.commit(positions),
        lag: () => consumer.lag(),
        close: () => consumer.close(),
        ...changesOf(consumer),
      };
    },
  };
}

test('while the log takes that a bot has nothing left, what comes for it is not committed past', async () => {
  const commits: (readonly LogPosition[])[] = [];
  const closing = Promise.withResolvers<void>();
  let isClosing = false;
  const log = logWith(
    {
      async publish(messages) {
        const isClosed = messages.some(
          ({ topic, value }) =>
            topic === FORWARDING_TOPIC && String(value).includes('"open":false'),
        );
        if (isClosed && !isClosing) {
          isClosing = true;
          await closing.promise;
        }
        return fixture.log.publish(messages);
      },
    },
    (consumer) => ({
      async commit(positions) {
        await consumer.commit(positions);
        commits.push(positions);
      },
    }),
  );
  let answer = () => {};
  bot.behave((_, response) => {
    answer = () => response.end();
  });
  await fixture.forward('a', { url: bot.url });
  const forwarder = await fixture.run({ log });
  await fixture.publish('a', [messageOf(1, 1)]);
  // Its place is on the log: the offset of the group goes past the update.
  await until('its place', () => [...forwarder.bots()].some(({ isOpenOnLog }) => isOpenOnLog));
  const committed = () => commits.at(-1)?.reduce((sum, { offset }) => sum + Number(offset), 0) ?? 0;
  await until('the offset', () => committed() === 1);

  answer();
  await until('the end of its place', () => isClosing);
  bot.behave(hang);
  await fixture.publish('a', [messageOf(2, 2)]);
  await until('the next update', () => bot.seen.length === 2);
  const before = commits.length;
  await until('two more commits', () => commits.length >= before + 2);
  const offset = committed();
  closing.resolve();
  expect(offset).toBeLessThanOrEqual(1);
});

test('what a former owner says after its successor does not count', () => {
  const record = (changes: Partial<ProgressRecord>): ProgressRecord => ({
    ...{ botId: 'a', partition: 3, next: 5n, done: [], attempts: new Map() },
    ...{ isOpen: true, waiting: 0, ownedSince: 0 },
    ...changes,
  });
  const successor = record({ next: 90n, ownedSince: 1_001 });
  const said = [
    record({ next: 60n, ownedSince: 1_000 }),
    successor,
    record({ next: 70n, isOpen: false, ownedSince: 1_000 }),
  ];
  const row = said.reduce<ProgressRecord | undefined>(
    (before, one) => PROGRESS.evolve(before, one),
    undefined,
  );
  expect(row).toEqual(successor);
});

test('since when a partition has its owner stands on the log', async () => {
  bot.behave(hang);
  const nowMs = 5_000_000;
  await fixture.forward('a', { url: bot.url });
  const forwarder = await fixture.run({ clock: { now: () => nowMs } });
  await fixture.publish('a', [messageOf(1)]);
  await until('its place', () => [...forwarder.bots()].some(({ isOpenOnLog }) => isOpenOnLog));
  const [first] = await fixture.read(FORWARDING_TOPIC);
  expect(JSON.parse(Buffer.from(first?.value ?? []).toString())).toMatchObject({
    owned_since: nowMs,
  });
  await forwarder.close();
  const second = await fixture.run({ clock: { now: () => nowMs - 1_000 } });
  await fixture.publish('a', [messageOf(2, 2)]);
  await until('its place', async () => {
    const records = await fixture.read(FORWARDING_TOPIC);
    return records.some(({ value }) => String(Buffer.from(value ?? [])).includes(`${nowMs + 1}`));
  });
  await second.close();
});

test('what was under way comes again where nothing new comes and the first seek is lost', async () => {
  bot.behave(hang);
  await fixture.forward('a', { url: bot.url });
  const forwarder = await fixture.run();
  await fixture.publish('a', [messageOf(1)]);
  const committed = async () => {
    const offsets = await fixture.log.committed(FORWARDER_GROUP, UPDATES_TOPIC);
    return offsets.reduce((sum, { offset }) => sum + Number(offset), 0);
  };
  await until('the offset of the group to go past it', async () => (await committed()) === 1);
  await forwarder.close();
  bot.behave(ok);
  let isLost = false;
  // As where the partition is not the consumer's yet.
  const log = logWith({}, (consumer) => ({
    async seek(position) {
      if (isLost) await consumer.seek(position);
      isLost = true;
    },
  }));
  const before = bot.seen.length;
  await fixture.run({ log });
  await until('the update', () => bot.seen.length > before);
  expect(isLost).toBe(true);
});
