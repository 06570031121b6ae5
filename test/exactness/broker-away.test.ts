/** Ingest while its Kafka broker is away, by all the ways in which one can be. */

import { until } from '@hookpulse/common/testing/until';
import {
  type LogMessage,
  LogUnavailableError,
  type OutgoingMessage,
} from '@hookpulse/event-log/event-log';
import { MicroBatcher, QueueFullError } from '@hookpulse/event-log/micro-batcher';
import { EVENTS_TOPIC, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { openIngest } from '@hookpulse/ingest/testing/ingest-fixture';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type DeliveryAnswer, deliver, ProxiedIngest } from '../support/proxied-ingest.ts';

interface Absence {
  begin(ingest: ProxiedIngest): Promise<void> | void;
  end(ingest: ProxiedIngest): Promise<void> | void;
}

const ABSENCES: Record<string, Absence> = {
  killed: {
    begin: ({ broker }) => broker.kill(),
    end: ({ broker }) => broker.restart(),
  },
  frozen: {
    begin: ({ broker }) => broker.freeze(),
    end: ({ broker }) => broker.thaw(),
  },
  'refusing connections': {
    async begin({ proxy }) {
      await proxy.refuse();
      proxy.cutConnections();
    },
    end: ({ proxy }) => proxy.accept(),
  },
  'behind a network that swallows everything': {
    begin: ({ proxy }) => proxy.stall(),
    end: ({ proxy }) => {
      proxy.resume();
      proxy.cutConnections();
    },
  },
};

const SENDERS = 20;

describeWithLocalKafka('ingest, its broker', (startBroker) => {
  let ingest: ProxiedIngest;
  let connectionsAtFirst: number;

  beforeAll(async () => {
    ingest = await ProxiedIngest.open(startBroker);
    await ingest.deliver();
    await ingest.log.ping();
    connectionsAtFirst = ingest.proxy.connections;
  });

  afterAll(async () => {
    await ingest?.close();
  });

  /** Delivers on and on, one after the other and many at once. */
  function startSending() {
    const answers: DeliveryAnswer[] = [];
    let isOver = false;
    const senders = Array.from({ length: SENDERS }, async () => {
      while (!isOver) answers.push(await ingest.deliver());
    });
    return {
      answers,
      async stop() {
        isOver = true;
        await Promise.all(senders);
      },
    };
  }

  async function untilAccepted(answers: readonly DeliveryAnswer[]): Promise<void> {
    const before = answers.length;
    await until('a delivery to be accepted', () =>
      answers.slice(before).some(({ status }) => status === 200),
    );
  }

  async function loggedUpdates(topic: string): Promise<Set<number>> {
    const logged = new Set<number>();
    const onMessage = ({ value }: LogMessage) => {
      const read = JSON.parse(Buffer.from(value ?? []).toString());
      logged.add(topic === EVENTS_TOPIC ? read.update_id : read.update.update_id);
    };
    // A broker that is just back may not lead all partitions yet.
    const follower = await until('the log', () => ingest.log.follow({ topic, onMessage }));
    await follower.caughtUp;
    await follower.close();
    return logged;
  }

  test.each(Object.entries(ABSENCES))(
    '%s, answers 503 with Retry-After, and serves again when it is back',
    async (_how, absence) => {
      const sending = startSending();
      await untilAccepted(sending.answers);
      await absence.begin(ingest);
      // What was under way when it went may still have been acknowledged.
      await until('a delivery to be refused', () =>
        sending.answers.some(({ status }) => status === 503),
      );
      const away = sending.answers.length;
      await until('many more to be answered', () => sending.answers.length > away + 200);
      await expect(ingest.log.ping()).rejects.toThrow(LogUnavailableError);
      const whileAway = sending.answers.slice(away);
      await absence.end(ingest);
      await untilAccepted(sending.answers);
      await sending.stop();

      expect(new Set(whileAway.map(({ status }) => status))).toEqual(new Set([503]));
      const refused = sending.answers.filter(({ status }) => status !== 200);
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
      expect(refused.filter(({ retryAfter }) => !(Number(retryAfter) > 0))).toEqual([]);
      const accepted = sending.answers.filter(({ status }) => status === 200);
      for (const topic of [EVENTS_TOPIC, UPDATES_TOPIC]) {
        const logged = await loggedUpdates(topic);
        expect(accepted.filter(({ updateId }) => !logged.has(updateId))).toEqual([]);
      }
    },
  );

  test('silent, queues no more than the bound and answers 503 above it', async () => {
    const bound = 100;
    const batcher = new MicroBatcher(ingest.log, { maxQueuedMessages: bound });
    let refusedByBound = 0;
    let mostQueued = 0;
    const publisher = {
      async publish(messages: readonly OutgoingMessage[]): Promise<void> {
        const published = batcher.publish(messages);
        mostQueued = Math.max(mostQueued, batcher.queuedMessages);
        try {
          await published;
        } catch (error) {
          if (error instanceof QueueFullError) refusedByBound += 1;
          throw error;
        }
      },
    };
    const { app, close } = await openIngest({ publisher });
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    ingest.proxy.stall();
    try {
      const answers = await Promise.all(Array.from({ length: 200 }, (_, n) => deliver(url, n)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      expect(answers.every(({ retryAfter }) => Number(retryAfter) > 0)).toBe(true);
      expect(refusedByBound).toBeGreaterThan(0);
      expect(mostQueued).toBe(bound);
      expect([batcher.queuedMessages, batcher.queuedBytes]).toEqual([0, 0]);
    } finally {
      ingest.proxy.resume();
    }
    await until('a delivery to be accepted', async () => (await deliver(url, 1)).status === 200);
    await close();
    await batcher.close();
  });

  test('back again, leaves no connections of before behind', async () => {
    await until('a delivery to be accepted', async () => (await ingest.deliver()).status === 200);
    await ingest.log.ping();
    await until('the others to be closed', () => ingest.proxy.connections <= connectionsAtFirst);
  });
});
