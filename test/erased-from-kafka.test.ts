/** After a bot was erased: what the bytes of Kafka's and ClickHouse's folders still say of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import { until } from '@hookpulse/common/testing/until';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type LocalClickHouse, startLocalClickHouse } from './clickhouse-server/local-server.ts';
import type { LocalBroker } from './kafka-broker/local-broker.ts';
import { describeWithLocalKafka } from './setup/requirements.ts';
import { startServices } from './support/deployments.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';
import { KafkaByHand } from './support/kafka-by-hand.ts';
import {
  asAdministrator,
  CONFIDED,
  filesWith,
  makeTellingHistory,
  REPORTED,
  TELLING_BOT,
} from './support/telling-bot.ts';

/** Kafka compacts when it finds the time. */
const COMPACTION_MS = 300_000;
const TIMEOUT_MS = 600_000;
const ADMIN_TOKEN = 'erased-from-kafka-admin-token';
const COMPACTED = TOPIC_SPECS.filter(({ compacted }) => compacted);
/** Kafka compacts closed segments only, when it wants to: these make it want to. */
const EAGER_COMPACTION = {
  'cleanup.policy': 'compact',
  'segment.ms': '1',
  'min.cleanable.dirty.ratio': '0',
  'delete.retention.ms': '0',
  'file.delete.delay.ms': '0',
};
const EAGER_CLEANER = {
  'log.cleaner.backoff.ms': 200,
  // Kafka reserves its indexes in full: all files are searched for texts, again and again.
  'log.index.size.max.bytes': 4_096,
};

describeWithLocalKafka('a bot that was erased, on Kafka and ClickHouse', (startBroker) => {
  let folder: string;
  let broker: LocalBroker;
  let clickhouse: LocalClickHouse;
  let services: RunningHookpulse;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-kafka-bytes-'));
    [broker, clickhouse] = await Promise.all([
      startBroker({ keptFolder: join(folder, 'kafka'), properties: EAGER_CLEANER }),
      startLocalClickHouse({ keptFolder: join(folder, 'clickhouse') }),
    ]);
    services = await startServices({
      KAFKA_BROKERS: broker.address,
      CLICKHOUSE_URL: clickhouse.url,
      DATA_DIR: join(folder, 'data'),
      ADMIN_TOKEN,
      ADMIN_EMAIL: 'ops@example.com',
      LOG_LEVEL: 'warn',
    });
  });
  afterAll(async () => {
    await services?.stop('SIGKILL'); // there are none when they did not start
    await Promise.all([broker?.close(), clickhouse?.close()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Topics whose files have a text: Kafka calls the folder of a partition `<topic>-<partition>`. */
  const topicsWith = (text: string) =>
    filesWith(join(folder, 'kafka', 'data'), text).map((path) =>
      basename(dirname(path)).replace(/-\d+$/, ''),
    );
  const otherFilesWith = (text: string) =>
    ['clickhouse', 'data'].flatMap((name) => filesWith(join(folder, name), text));

  test(
    'names, receivers and texts are in no file but where the answer says so',
    async () => {
      await makeTellingHistory(services.urls, ADMIN_TOKEN, join(folder, 'data'));
      for (const text of Object.values(CONFIDED)) expect(topicsWith(text)).not.toEqual([]);
      for (const text of Object.values(REPORTED)) expect(topicsWith(text)).not.toEqual([]);

      const ask = asAdministrator(services.urls.queryApi, ADMIN_TOKEN);
      // On a busy machine a part may not answer in time; asking again does the rest.
      const { remains } = await until(
        'the bot to be erased',
        () => ask<ErasedHistory>('DELETE', `/api/bots/${TELLING_BOT}?erase=true`),
        180_000,
      );
      const said = remains.map(({ what }) => what).join('; ');
      for (const text of [...Object.values(CONFIDED), ...Object.values(REPORTED)]) {
        for (const topic of topicsWith(text)) expect(said).toContain(topic);
        expect([text, otherFilesWith(text)]).toEqual([text, []]);
      }

      // So that nothing but the compaction touches the topics.
      await services.stop('SIGTERM');
      const byHand = await KafkaByHand.connect([broker.address]);
      try {
        for (const { name } of COMPACTED) await byHand.configure(name, EAGER_COMPACTION);
        await until(
          'Kafka to compact its topics',
          async () => {
            for (const { name } of COMPACTED) await byHand.closeSegments(name);
            const left = Object.values(CONFIDED).flatMap((text) => topicsWith(text));
            if (left.length > 0) throw new Error(`something is left in ${left.join(', ')}`);
            return true;
          },
          COMPACTION_MS,
        );
      } finally {
        await byHand.close();
      }
      for (const text of Object.values(REPORTED)) {
        for (const topic of topicsWith(text)) expect(remains[0]?.what).toContain(topic);
      }
    },
    TIMEOUT_MS,
  );
});
