/**
 * The ports of a process that can stop dead at any step: from then on nothing that it does has any
 * effect, and nothing is delivered to it. Steps can also be held or made to fail on their own.
 */

import type { Consumer, EventLog } from '@hookpulse/event-log/event-log';
import type { ClickHouseClient } from '@hookpulse/store/open-client';

/** What happens around a step: the step waits for it, and fails when it throws. */
export interface Steps {
  beforeInsert?(table: string): Promise<void> | void;
  afterInsert?(table: string): void;
  beforeQuery?(sql: string): Promise<void> | void;
  beforeCommit?(): Promise<void> | void;
  beforePublish?(): Promise<void> | void;
}

export class Life {
  readonly #death = Promise.withResolvers<void>();
  #isOver = false;

  end(): void {
    this.#isOver = true;
    this.#death.resolve();
  }

  get ended(): Promise<void> {
    return this.#death.promise;
  }

  /** @throws when the process is dead */
  assert(): void {
    if (this.#isOver) throw new Error('the process is dead');
  }
}

export function mortalLog(log: EventLog, life: Life, steps: Steps): EventLog {
  return {
    ensureTopics: (specs) => log.ensureTopics(specs),
    async publish(messages) {
      await step(life, steps.beforePublish?.());
      await log.publish(messages);
    },
    async consume(options) {
      const { handler } = options;
      const consumer = await log.consume({
        ...options,
        handler: {
          async onAssigned(partitions) {
            life.assert();
            return handler.onAssigned(partitions);
          },
          onRevoked: (partitions) => Promise.race([handler.onRevoked(partitions), life.ended]),
          onBatch: (batch) => Promise.race([handler.onBatch(batch), life.ended]),
        },
      });
      return mortalConsumer(consumer, life, steps);
    },
    follow: (options) => log.follow(options),
    ranges: (topic) => log.ranges(topic),
    offsetsAt: (topic, timestampMs) => log.offsetsAt(topic, timestampMs),
    committed: (groupId, topic) => log.committed(groupId, topic),
    partitionFor: (topic, key) => log.partitionFor(topic, key),
    ping: () => log.ping(),
    purge: () => log.purge(),
    close: () => log.close(),
  };
}

/** The client with steps before its queries and inserts. */
export function mortalClickHouse(
  client: ClickHouseClient,
  life: Life,
  steps: Steps,
): ClickHouseClient {
  const insert: ClickHouseClient['insert'] = async (params) => {
    await step(life, steps.beforeInsert?.(params.table));
    const result = await client.insert(params);
    steps.afterInsert?.(params.table);
    return result;
  };
  const query: ClickHouseClient['query'] = async (params) => {
    await step(life, steps.beforeQuery?.(params.query));
    return client.query(params);
  };
  return Object.assign(Object.create(client), { insert, query });
}

function mortalConsumer(consumer: Consumer, life: Life, steps: Steps): Consumer {
  return {
    get isMember() {
      return consumer.isMember;
    },
    async commit(positions) {
      await step(life, steps.beforeCommit?.());
      await consumer.commit(positions);
    },
    async seek(position) {
      life.assert();
      await consumer.seek(position);
    },
    pause: (partitions) => consumer.pause(partitions),
    resume: (partitions) => consumer.resume(partitions),
    lag: () => consumer.lag(),
    close: () => consumer.close(),
  };
}

async function step(life: Life, before: Promise<void> | void): Promise<void> {
  await before;
  life.assert();
}
