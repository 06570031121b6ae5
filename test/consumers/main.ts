/**
 * `npm run chaos:consumers -- [--kills 50] [--seed 1] [--kafka] [--json]`: two workers of `consumeUpdates` are
 * killed and started again at random, over HTTP from the embedded log, or on Kafka with `--kafka`. The last
 * line says what was lost or out of order. The seed repeats the kills; what happens meanwhile is the machine's.
 */
import { createProgress } from '@hookpulse/common/runtime/progress';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { openTestQueryApi, TEST_TOKENS } from '@hookpulse/query-api/testing/open-test-query-api';
import { writeResult } from '../../bench/lib/results.ts';
import { parseOptions } from '../../scripts/parse-options.ts';
import { closeOnSignals, endWith, wholeNumber } from '../chaos/chaos-program.ts';
import { prepareLocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { type ConsumersReport, runConsumers } from './run-consumers.ts';

const USAGE = `npm run chaos:consumers -- [options]
  --kills <n>    how often a worker is ended (50)
  --seed <n>     repeats which worker is ended and when (1)
  --kafka        on Kafka instead of over HTTP from the embedded log
  --json         print the figures as JSON`;

const values = parseOptions(USAGE, {
  kills: { type: 'string', default: '50' },
  seed: { type: 'string', default: '1' },
  kafka: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
});
const kills = wholeNumber('kills', values.kills);
const seed = wholeNumber('seed', values.seed);

const BOT = 'consumed-bot';
const progress = createProgress('kills', kills, { rate: false });
const interrupted = new AbortController();
const options = {
  botId: BOT,
  ...{ kills, seed },
  onKill: () => progress.advance(1),
  signal: interrupted.signal,
};
const running = (values.kafka ? onKafka() : overHttp()).catch((error) => {
  if (!interrupted.signal.aborted) throw error;
  return null;
});
closeOnSignals(() => {
  interrupted.abort();
  return running;
});
const report = await running;
progress.finish();
if (report) tell(report);

function tell({ updates, repeated, findings }: ConsumersReport): void {
  const figures = {
    kills,
    seed,
    kafka: values.kafka,
    updates,
    findings: findings.length,
    repeated,
  };
  writeResult('chaos-consumers', figures, values);
  // A run without updates says nothing.
  endWith(
    findings.length === 0 && updates > 0,
    findings,
    `${updates} updates, ${kills} kills: ${findings.length} lost or out of order, ${repeated} handled again (seed ${seed})`,
  );
}

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
