/** The broker that all candidates on Kafka share: Hookpulse's topics, and one for each peer. */
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { TOPIC_SPECS, UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { benchBot } from '../lib/bench-bot.ts';
import { startBenchLog } from '../lib/bench-log.ts';
import type { BenchKafka } from './candidate.ts';

export interface RunningKafka extends BenchKafka {
  close(): Promise<void>;
}

/** A topic of a peer has as many partitions as those of Hookpulse. */
const PARTITIONS = TOPIC_SPECS.find(({ name }) => name === UPDATES_TOPIC)?.partitions ?? 1;

/** @throws MissingJavaError */
export async function startKafka(): Promise<RunningKafka> {
  const { broker, log, close } = await startBenchLog();
  return {
    address: broker.address,
    pid: await broker.pid(),
    createTopic: (name) => log.ensureTopics([{ name, partitions: PARTITIONS, compacted: false }]),
    async registerBot() {
      const registry = await openBotRegistry(log, silentLogger);
      await registry.put(benchBot());
      await registry.close();
    },
    async countRecords(topic) {
      const ranges = await log.ranges(topic);
      return Number(ranges.reduce((sum, range) => sum + range.endOffset - range.startOffset, 0n));
    },
    close,
  };
}
