/**
 * `npm run chaos:consumers -- [--kills 50] [--kafka]`: two workers of `consumeUpdates` are killed and started
 * again at random, over HTTP from the embedded log, or on Kafka with `--kafka`. The last line says what was
 * lost or out of order.
 */
import { parseArgs } from 'node:util';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { openTestQueryApi, TEST_TOKENS } from '@hookpulse/query-api/testing/open-test-query-api';
import { prepareLocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { type ConsumersReport, runConsumers } from './run-consumers.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    kafka: { type: 'boolean', default: false },
  },
});
const BOT = 'consumed-bot';
const options = {
  botId: BOT,
  kills: Number(values.kills),
  onKill: (count: number) => process.stderr.write(`\r${count} kills `),
};
const report = await (values.kafka ? onKafka() : overHttp());
const { updates, kills, repeated, findings } = report;
for (const finding of findings) console.error(finding);
console.log(
  `${updates} updates, ${kills} kills: ${findings.length} lost or out of order, ${repeated} handled again`,
);
process.exit(findings.length === 0 ? 0 : 1);

async function overHttp(): Promise<ConsumersReport> {
  const api = await openTestQueryApi(Date.now());
  await api.registry.put(testBot(BOT));
  const url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
  const { log } = api.deps;
  const source = { url, token: TEST_TOKENS.admin };
  try {
    return await runConsumers({ ...options, source, publish: (messages) => log.publish(messages) });
  } finally {
    await api.close();
  }
}

async function onKafka(): Promise<ConsumersReport> {
  await prepareLocalBroker();
  const broker = await startLocalBroker();
  const settings = { brokers: [broker.address], ssl: false, sasl: null, clientId: 'consumers' };
  const log = await openKafkaEventLog(settings, silentLogger, { publishLimitMs: 30_000 });
  try {
    await log.ensureTopics(TOPIC_SPECS);
    const source = { brokers: [broker.address], sessionTimeoutMs: 3_000 };
    return await runConsumers({ ...options, source, publish: (messages) => log.publish(messages) });
  } finally {
    await log.close();
    await broker.close();
  }
}
