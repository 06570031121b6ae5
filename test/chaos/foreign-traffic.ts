/**
 * Other programs at work on every topic during a run: records compressed by each codec, transactions
 * that are committed, and transactions that are given up. The latter hold events and updates that would
 * count; the others hold what nobody can read, which changes no number.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { partitionForKey } from '@hookpulse/event-log/murmur2';
import { EVENTS_TOPIC, TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import type { Random } from '@hookpulse/traffic/random';
import { CODEC_NAMES, type ForeignMessage, ForeignWriter } from '../support/foreign-writer.ts';

const PAUSE_MS = 250;
/** What a killed broker or a cut connection leaves open is given up after this, and hides what follows. */
const TRANSACTION_TIMEOUT_MS = 10_000;
/** Beyond all that the workload sends. */
const NO_UPDATE_OF_THE_RUN = 1_000_000_000;

export interface ForeignFigures {
  readonly committed: number;
  readonly aborted: number;
  /** Written outside of transactions. */
  readonly plain: number;
}

export interface ForeignTraffic {
  /** Resolves when nothing more is written and no transaction is open; with the records of each kind. */
  stop(): Promise<ForeignFigures>;
}

/** @param broker - its own address, so that the others' records come whatever is cut */
export function startForeignTraffic(
  broker: string,
  botIds: readonly string[],
  random: Random,
): ForeignTraffic {
  const figures = { committed: 0, aborted: 0, plain: 0 };
  const stopping = new AbortController();
  const transactionalId = `foreign-${randomUUID()}`;
  let writer = openWriter();
  const done = work();
  return {
    async stop() {
      stopping.abort();
      await done;
      await writer.close();
      return figures;
    },
  };

  async function work(): Promise<void> {
    for (let round = 0; !stopping.signal.aborted; round += 1) {
      try {
        await write(round);
      } catch {
        // The broker was killed: a new writer gives up what the old one left open.
        await writer.close().catch(() => undefined);
        writer = openWriter();
      }
      await delay(PAUSE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    await untilEnded();
  }

  async function write(round: number): Promise<void> {
    const codec = CODEC_NAMES[round % CODEC_NAMES.length] ?? 'none';
    const unreadable = TOPIC_SPECS.map(({ name, partitions }) => ({
      ...{ topic: name, partition: random.integer(0, partitions - 1) },
      value: JSON.stringify({ written_by: 'another program', round }),
    }));
    await writer.write(unreadable, codec);
    figures.plain += unreadable.length;
    if (random.chance(0.5)) {
      await writer.transact(unreadable, 'commit', codec);
      figures.committed += unreadable.length;
    } else {
      const given = [...unreadable, ...countable(random.pick(botIds))];
      await writer.transact(given, 'abort', codec);
      figures.aborted += given.length;
    }
  }

  /** One that ends well shows that none of the same id is open. */
  async function untilEnded(): Promise<void> {
    for (;;) {
      try {
        await writer.transact([{ topic: EVENTS_TOPIC, value: '{}' }], 'abort');
        return;
      } catch {
        await writer.close().catch(() => undefined);
        writer = openWriter();
        await delay(PAUSE_MS);
      }
    }
  }

  function openWriter(): ForeignWriter {
    return new ForeignWriter([broker], {
      transactionalId,
      transactionTimeoutMs: TRANSACTION_TIMEOUT_MS,
    });
  }
}

/** What would count if somebody read it. */
function countable(botId: string): ForeignMessage[] {
  const placed = (topic: string, value: unknown) => ({
    ...{ topic, key: botId, value: JSON.stringify(value) },
    partition: partitionForKey(botId, partitionsOf(topic)),
  });
  const update = { update_id: NO_UPDATE_OF_THE_RUN };
  const event = { event_id: randomUUID(), bot_id: botId, update_id: update.update_id };
  const timestamp = new Date().toISOString();
  return [
    placed(EVENTS_TOPIC, sampleEvent({ ...event, timestamp })),
    placed(UPDATES_TOPIC, { bot_id: botId, received_at: timestamp, update }),
  ];
}

function partitionsOf(topic: string): number {
  return TOPIC_SPECS.find(({ name }) => name === topic)?.partitions ?? 1;
}
