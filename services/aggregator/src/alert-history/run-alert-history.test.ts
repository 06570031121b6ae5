/** The history of alerts: the real embedded log, and ClickHouse both ways. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFiring, sampleNext, sampleReceipt } from '@hookpulse/common/testing/sample-alerts';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import {
  ALERT_HISTORY_GROUP,
  ALERT_MAILS_TOPIC,
  ALERTS_TOPIC,
  TOPIC_SPECS,
} from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import {
  receiptToMessage,
  transitionToMessage,
} from '@hookpulse/topic-tables/alerts/alert-messages';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { aggregatorMetrics } from '../metrics.ts';
import { type AlertHistoryStore, createClickHouseAlertHistory } from './alert-history-store.ts';
import { type RunningAlertHistory, runAlertHistory } from './run-alert-history.ts';

const silent = silentLogger;
const metrics = aggregatorMetrics();
const firing = sampleFiring('2026-02-10T20:00:00Z', { bot_name: 'Бот "🤖"' });
const reminder = sampleNext(firing, 'reminder', '2026-02-10T20:30:00Z');
const resolved = sampleNext(reminder, 'resolved', '2026-02-10T20:40:00Z');

describeWithClickHouse('the history of alerts', (serverUrl) => {
  let clickhouse: TestClickHouse;
  let store: AlertHistoryStore;
  let directory: string;
  let log: EventLog;
  const running: RunningAlertHistory[] = [];

  beforeAll(async () => {
    clickhouse = await openTestClickHouse({ serverUrl });
    store = createClickHouseAlertHistory(clickhouse.client);
  });
  afterAll(() => clickhouse?.close());

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hookpulse-alert-history-'));
    log = await openSqliteEventLog({ directory, retentionDays: 7 }, silent);
    await log.ensureTopics(TOPIC_SPECS);
    for (const table of ['webhook_alerts', 'webhook_alert_mails']) {
      await clickhouse.client.command({ query: `TRUNCATE TABLE ${table}` });
    }
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((history) => history.close()));
    await log.close();
    await rm(directory, { recursive: true, force: true });
  });

  function run(deps: Partial<Parameters<typeof runAlertHistory>[0]> = {}): RunningAlertHistory {
    const history = runAlertHistory({ log, store, logger: silent, metrics, ...deps });
    running.push(history);
    return history;
  }

  async function select(query: string): Promise<Record<string, unknown>[]> {
    return (await clickhouse.client.query({ query, format: 'JSONEachRow' })).json();
  }
  const transitions = () => select('SELECT * FROM webhook_alerts FINAL ORDER BY sequence');
  const receipts = () =>
    select(
      'SELECT * EXCEPT (log_time) FROM webhook_alert_mails FINAL ORDER BY sequence, log_time, log_offset',
    );

  /** Whether all that is on the log is committed. */
  async function isCommitted(): Promise<boolean> {
    for (const topic of [ALERTS_TOPIC, ALERT_MAILS_TOPIC]) {
      const ends = await log.ranges(topic);
      const committed = await log.committed(ALERT_HISTORY_GROUP, topic);
      const offsetOf = (partition: number) =>
        committed.find((one) => one.partition === partition)?.offset ?? 0n;
      if (ends.some(({ partition, endOffset }) => offsetOf(partition) < endOffset)) return false;
    }
    return true;
  }

  test('has every transition with all that it says, and every receipt', async () => {
    run();
    const sent = sampleReceipt(firing);
    await log.publish([transitionToMessage(firing)]);
    await log.publish([receiptToMessage({ ...sent, state: 'sending' })]);
    // The log keeps the newest of each key alone, so what is to be seen has to be seen in time.
    await until('the commit', isCommitted);
    await log.publish([receiptToMessage(sent)]);
    await until('the commit', isCommitted);
    await log.publish([transitionToMessage(reminder)]);
    await log.publish([
      receiptToMessage(sampleReceipt(reminder, { state: 'refused', detail: '550 no' })),
    ]);
    await until('the commit', isCommitted);

    const { earlier: _, ...told } = firing;
    const row = { ...told, causes: '' };
    expect(await transitions()).toEqual([
      { ...row, at: '2026-02-10 20:00:00.000', fired_at: '2026-02-10 20:00:00.000' },
      {
        ...row,
        sequence: 2,
        transition: 'reminder',
        at: '2026-02-10 20:30:00.000',
        fired_at: '2026-02-10 20:00:00.000',
      },
    ]);
    expect(await receipts()).toMatchObject([
      { ...sent, state: 'sending', at: '2026-02-10 20:00:00.000' },
      { ...sent, at: '2026-02-10 20:00:00.000' },
      { sequence: 2, state: 'refused', detail: '550 no', receivers: ['ops@example.com'] },
    ]);
  });

  test('learns of transitions that were compacted away from those that follow', async () => {
    await log.publish([transitionToMessage(resolved)]);
    run();
    await until('the commit', isCommitted);
    expect((await transitions()).map((row) => [row.sequence, row.transition])).toEqual([
      [1, 'firing'],
      [2, 'reminder'],
      [3, 'resolved'],
    ]);
  });

  test('is changed by nothing that comes again, and by no replay', async () => {
    const messages = [
      transitionToMessage(firing),
      transitionToMessage(firing),
      receiptToMessage(sampleReceipt(firing, { state: 'sending' })),
      receiptToMessage(sampleReceipt(firing)),
      transitionToMessage(resolved),
    ];
    await log.publish(messages);
    const first = run();
    await until('the commit', isCommitted);
    const before = [await transitions(), await receipts()];
    await first.close();

    const replayed: EventLog['consume'] = ({ handler, ...options }) =>
      log.consume({
        ...options,
        groupId: 'somebody who has read nothing yet',
        handler: {
          ...handler,
          onBatch: async (batch) => {
            await handler.onBatch(batch);
            replay.push(batch.topic);
          },
        },
      });
    const replay: string[] = [];
    run({ log: { consume: replayed } });
    await until('the replay', () => new Set(replay).size === 2);
    await until('the commit', async () => {
      const committed = await log.committed('somebody who has read nothing yet', ALERTS_TOPIC);
      return committed.reduce((sum, { offset }) => sum + offset, 0n) === 3n;
    });
    expect([await transitions(), await receipts()]).toEqual(before);
  });

  test('waits for a store that is away, and has all of it afterwards', async () => {
    let refusals = 0;
    let isAway = true;
    run({
      store: {
        async save(rows) {
          if (!isAway) return store.save(rows);
          refusals += 1;
          throw new Error('connection refused');
        },
      },
    });
    await log.publish([transitionToMessage(firing)]);
    await log.publish([transitionToMessage(resolved)]);
    await until('a refusal', () => refusals > 0);
    expect(await log.committed(ALERT_HISTORY_GROUP, ALERTS_TOPIC)).toEqual([]);
    isAway = false;
    await until('the commit', isCommitted);
    expect(await transitions()).toHaveLength(3);
  });

  test('passes over what cannot be read, and says so', async () => {
    const warned: { topic: string }[] = [];
    const logger = Object.assign(silentLogger, {
      warn: (fields: { topic: string }) => warned.push(fields),
    });
    const key = 'b|no_traffic';
    await log.publish([{ topic: ALERTS_TOPIC, key, value: '{' }]);
    await log.publish([{ topic: ALERT_MAILS_TOPIC, key, value: '{"state":"fine"}' }]);
    await log.publish([{ topic: ALERTS_TOPIC, key: 'c|no_traffic', value: null }]);
    await log.publish([transitionToMessage(firing)]);
    run({ logger });
    await until('the commit', isCommitted);
    expect(await transitions()).toHaveLength(1);
    expect(warned.toSorted(byTopic)).toMatchObject([
      { topic: ALERT_MAILS_TOPIC, offset: '0', key },
      { topic: ALERTS_TOPIC, offset: '0', key },
    ]);
  });

  test('lets go of the log when a store that hangs holds a batch', async () => {
    const saving = Promise.withResolvers<void>();
    const history = run({
      store: {
        save() {
          saving.resolve();
          return new Promise(() => {});
        },
      },
    });
    await log.publish([transitionToMessage(firing)]);
    await saving.promise;
    await history.close();
    await log.close(); // waits for the batch under way
    await expect(log.ping()).rejects.toThrow();
  });

  test('joins as soon as the log lets it', async () => {
    let refusals = 1;
    run({
      log: {
        consume(options) {
          refusals -= 1;
          if (refusals >= 0) return Promise.reject(new LogUnavailableError('away'));
          return log.consume(options);
        },
      },
    });
    await log.publish([transitionToMessage(firing)]);
    await until('the commit', isCommitted);
    expect(await transitions()).toHaveLength(1);
  });
});

test('closing waits neither for a log nor for a store that never answers', async () => {
  const never = new Promise<never>(() => {});
  const store = { save: () => never };
  await runAlertHistory({ log: { consume: () => never }, store, logger: silent, metrics }).close();
  await runAlertHistory({
    log: {
      consume: async () => ({
        isMember: true,
        commit: () => never,
        seek: () => never,
        pause: () => undefined,
        resume: () => undefined,
        lag: () => never,
        close: () => never,
      }),
    },
    store,
    logger: silent,
    metrics,
  }).close();
});

function byTopic(a: { topic: string }, b: { topic: string }): number {
  return a.topic < b.topic ? -1 : 1;
}
