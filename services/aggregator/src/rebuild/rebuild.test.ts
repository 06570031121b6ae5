/** Counting hours anew from raw events, on real engines, while traffic goes on. */

import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { RebuildAnswer } from '@hookpulse/common/windows/rebuild';
import { SLICE_MS, windowStart } from '@hookpulse/common/windows/window';
import { EVENTS_TOPIC, REBUILDS_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestClickHouse,
  type TestClickHouse,
} from '@hookpulse/store/testing/open-test-clickhouse';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { describeWithClickHouse } from '../../../../test/setup/requirements.ts';
import { eventAt, PARTITIONS, RebuildFixture, SPECS } from './testing/rebuild-fixture.ts';

/** Hours of these tests: one that is over long ago, and the one that is being fed. */
const NOW_MS = Date.now();
const OLD_MS = windowStart(NOW_MS, HOUR_MS) - 5 * HOUR_MS;
/** The start of a slice, so that a handful of events shares one. */
const FED_MS = windowStart(NOW_MS - 60_000, SLICE_MS);
const OLD_HOUR = new Date(OLD_MS).toISOString();

describeWithClickHouse('counting hours anew', (serverUrl) => {
  let clickhouse: TestClickHouse;
  let fixture: RebuildFixture;

  beforeAll(async () => {
    clickhouse = await openTestClickHouse({ serverUrl });
  });
  afterAll(() => clickhouse?.close());

  beforeEach(async () => {
    fixture = new RebuildFixture(clickhouse);
    await fixture.open();
  });
  afterEach(() => fixture?.close());

  /** Three bots in an old hour, the one after it, and now; latencies with fractions. */
  async function publishSome(): Promise<void> {
    const events = ['a', 'b', 'c'].flatMap((bot) =>
      Array.from({ length: 40 }, (_, n) => {
        const timeMs = [OLD_MS, OLD_MS + HOUR_MS, FED_MS][n % 3] ?? 0;
        const type = (['received', 'processed', 'error', 'response_sent'] as const)[n % 4];
        return eventAt(bot, timeMs + n, {
          event_type: type,
          processing_time_ms: type === 'processed' ? n / 7 : null,
          response_time_ms: type === 'response_sent' ? n / 3 : null,
        });
      }),
    );
    await fixture.publish(events);
  }

  async function countSome(): Promise<void> {
    await publishSome();
    await fixture.start();
    await fixture.allStored();
  }

  async function expectTruth(): Promise<void> {
    expect(await fixture.storedHours()).toEqual(fixture.trueHours());
    const sinceMs = NOW_MS - 600_000;
    expect(await fixture.storedSlices(sinceMs)).toEqual(fixture.trueSlices(sinceMs));
  }

  function changesOf(answers: readonly RebuildAnswer[]) {
    return answers.flatMap(({ changes }) => changes);
  }

  const OF_OLD_A = `bot_id = 'a' AND date = '${OLD_HOUR.slice(0, 10)}' AND hour = ${new Date(OLD_MS).getUTCHours()}`;

  /** Replaces columns of rows without a new version, as somebody would who has access to the store. */
  function tamper(replacements: string, where: string): Promise<void> {
    return fixture.command(
      `INSERT INTO webhook_metrics SELECT * REPLACE (${replacements})
     FROM (SELECT * FROM webhook_metrics FINAL WHERE ${where})`,
    );
  }

  test('what was counted right is right: nothing changes', async () => {
    await countSome();
    const answers = await fixture.rebuild();
    expect(answers.map(({ state }) => state)).toEqual(Array(PARTITIONS).fill('done'));
    expect(changesOf(answers)).toEqual([]);
    expect(answers.reduce((sum, answer) => sum + answer.raw_events, 0)).toBe(120);
    expect(answers.reduce((sum, answer) => sum + answer.hours, 0)).toBe(9);
    expect(answers.reduce((sum, answer) => sum + answer.slices_changed, 0)).toBe(0);
    await expectTruth();
  });

  describe('mends and says', () => {
    beforeEach(countSome);

    async function expectMended(expected: readonly unknown[]) {
      expect(changesOf(await fixture.rebuild())).toEqual(expected);
      await expectTruth();
      expect(changesOf(await fixture.rebuild())).toEqual([]);
    }

    test('a count that is wrong', async () => {
      await tamper('requests_received + 5 AS requests_received', OF_OLD_A);
      await expectMended([
        expect.objectContaining({
          bot_id: 'a',
          hour: OLD_HOUR,
          kind: 'changed',
          values: [{ name: 'requests_received', before: 9, after: 4 }],
        }),
      ]);
    });

    test('a percentile that is wrong beside a digest that is right', async () => {
      await tamper('1.5 AS p95_processing_time_ms', OF_OLD_A);
      await expectMended([
        expect.objectContaining({
          values: [{ name: 'p95_processing_time_ms', before: 1.5, after: expect.any(Number) }],
        }),
      ]);
    });

    test('a digest that is wrong, or none at all', async () => {
      await tamper(`'bm9uc2Vuc2U=' AS latency_digest`, OF_OLD_A);
      await expectMended([
        expect.objectContaining({ values: [expect.objectContaining({ name: 'latency_digest' })] }),
      ]);
    });

    test('a row that is missing', async () => {
      await fixture.command(`DELETE FROM webhook_metrics WHERE ${OF_OLD_A}`);
      await expectMended([
        expect.objectContaining({
          bot_id: 'a',
          kind: 'added',
          values: expect.arrayContaining([{ name: 'requests_received', before: 0, after: 4 }]),
        }),
      ]);
    });

    test('a row that has no raw events', async () => {
      await tamper(`'nobody' AS bot_id`, OF_OLD_A);
      await expectMended([
        expect.objectContaining({ bot_id: 'nobody', hour: OLD_HOUR, kind: 'deleted' }),
      ]);
    });

    test('a row that says to have seen more than the log has', async () => {
      await tamper('1000000 AS next_offset, 77 AS retries', OF_OLD_A);
      await tamper('2000000 AS next_offset, 78 AS retries', OF_OLD_A);
      await expectMended([
        expect.objectContaining({
          bot_id: 'a',
          values: expect.arrayContaining([
            { name: 'retries', before: 78, after: 0 },
            { name: 'next_offset', before: 2_000_000, after: expect.any(Number) },
          ]),
        }),
      ]);
    });

    test('the hour that is being fed, which goes on rightly', async () => {
      await tamper('retries + 5 AS retries', `bot_id = 'b'`);
      expect(changesOf(await fixture.rebuild())).toHaveLength(3);
      await fixture.publish([eventAt('b', Date.now()), eventAt('b', OLD_MS)]);
      await fixture.allStored();
      await expectTruth();
    });

    test('slices of the last day', async () => {
      await fixture.command(
        'INSERT INTO webhook_slices SELECT * REPLACE (retries + 5 AS retries) FROM webhook_slices FINAL',
      );
      const answers = await fixture.rebuild();
      expect(changesOf(answers)).toEqual([]);
      expect(answers.reduce((sum, answer) => sum + answer.slices_changed, 0)).toBe(9);
      expect(await fixture.storedSlices(OLD_MS)).toEqual(fixture.trueSlices(OLD_MS));
      await expectTruth();
    });
  });

  test('what the owner has restored wrong into its memory is mended there as well', async () => {
    const first = await publishSome().then(() => fixture.start());
    await fixture.allStored();
    await fixture.stop(first);
    await tamper('1000000 AS next_offset, 77 AS retries', `bot_id = 'a'`);
    await tamper('retries + 5 AS retries', `bot_id = 'b'`);
    await fixture.start();
    await fixture.publish([eventAt('a', Date.now()), eventAt('b', Date.now())]);
    await fixture.allStored();
    expect(changesOf(await fixture.rebuild())).toHaveLength(6);
    await fixture.publish([eventAt('a', Date.now()), eventAt('b', Date.now())]);
    await fixture.allStored();
    await expectTruth();
  });

  test('a dry run says what would change, and changes nothing', async () => {
    await countSome();
    await tamper('requests_received + 5 AS requests_received', OF_OLD_A);
    const before = await fixture.storedHours();
    expect(changesOf(await fixture.rebuild({ dry_run: true }))).toHaveLength(1);
    expect(await fixture.storedHours()).toEqual(before);
    expect(changesOf(await fixture.rebuild())).toHaveLength(1);
    await expectTruth();
  });

  test('only the bot and the hours that were asked for are touched', async () => {
    await countSome();
    await tamper('retries + 5 AS retries', '1');
    const to = new Date(OLD_MS + HOUR_MS).toISOString();
    const answers = await fixture.rebuild({ bot_id: 'b', from: OLD_HOUR, to });
    expect(changesOf(answers)).toEqual([expect.objectContaining({ bot_id: 'b', hour: OLD_HOUR })]);
    expect(changesOf(await fixture.rebuild())).toHaveLength(8);
    await expectTruth();
  });

  test('events that come meanwhile are counted once, in hot and in cold hours', async () => {
    await publishSome();
    const aggregator = await fixture.start();
    await fixture.allStored();
    await tamper('retries + 5 AS retries', '1');
    await fixture.command(`DELETE FROM webhook_metrics WHERE bot_id = 'c'`);
    let isOver = false;
    const producing = (async () => {
      while (!isOver) {
        const times = [Date.now(), OLD_MS + 1, OLD_MS + HOUR_MS + 1];
        await fixture.publish(
          ['a', 'b', 'c', 'd'].flatMap((bot) =>
            times.map((timeMs) =>
              eventAt(bot, timeMs, { event_type: 'processed', processing_time_ms: timeMs % 97 }),
            ),
          ),
        );
        await until('most of it to be stored', () => aggregator.unstoredEvents < 100);
      }
    })();
    for (let round = 0; round < 2; round += 1) await fixture.rebuild();
    isOver = true;
    await producing;
    await fixture.allStored();
    expect(fixture.published.length).toBeGreaterThan(200);
    await expectTruth();
    expect(changesOf(await fixture.rebuild())).toEqual([]);
  });

  test('what an owner has not answered is done by the next one', async () => {
    await publishSome();
    const first = await fixture.start();
    await fixture.allStored();
    await tamper('retries + 5 AS retries', '1');
    const request = await fixture.request();
    await fixture.stop(first);
    await fixture.publish([eventAt('a', Date.now())]);
    await fixture.start();
    await fixture.answers(request);
    await fixture.allStored();
    await expectTruth();
  });

  test('two owners share the work', async () => {
    await countSome();
    await fixture.start();
    await tamper('retries + 5 AS retries', '1');
    expect(changesOf(await fixture.rebuild())).toHaveLength(9);
    await expectTruth();
  });

  test('a store that fails in the middle is tried again', async () => {
    await publishSome();
    const { store } = fixture;
    let failures = 0;
    const failOnce = async () => {
      failures += 1;
      if (failures <= 2) throw new Error('the store is away');
    };
    await fixture.start({
      ...store,
      loadBotHours: (...args) => failOnce().then(() => store.loadBotHours(...args)),
      deleteUpTo: (...args) => failOnce().then(() => store.deleteUpTo(...args)),
    });
    await fixture.allStored();
    await tamper(`'nobody' AS bot_id`, OF_OLD_A);
    const answers = await fixture.rebuild();
    expect(changesOf(answers)).toEqual([expect.objectContaining({ kind: 'deleted' })]);
    await expectTruth();
  });

  test('windows of a topic that is gone are counted from their raw events as well', async () => {
    await publishSome();
    const first = await fixture.start();
    await fixture.allStored();
    await fixture.stop(first);
    await fixture.log.deleteTopic(EVENTS_TOPIC);
    await fixture.log.ensureTopics(SPECS);
    await fixture.publish([eventAt('a', OLD_MS + 5)]);
    await fixture.start();
    await fixture.allStored();
    const honest = await fixture.storedHours();
    await tamper('retries + 5 AS retries', `bot_id = 'b'`);
    await tamper(`'nobody' AS bot_id`, OF_OLD_A.replace("'a'", "'c'"));
    await fixture.command(`DELETE FROM webhook_metrics WHERE bot_id = 'a' AND log_epoch = 0`);
    const kinds = changesOf(await fixture.rebuild()).map(({ bot_id, kind }) => `${bot_id} ${kind}`);
    expect(kinds.sort()).toEqual([
      ...Array(3).fill('a added'),
      ...Array(3).fill('b changed'),
      'nobody deleted',
    ]);
    expect(await fixture.storedHours()).toEqual(honest);
    expect(changesOf(await fixture.rebuild())).toEqual([]);
  });

  test('a request that has expired is left alone', async () => {
    await countSome();
    const expired = await fixture.request({ expires_at: new Date(Date.now() - 1).toISOString() });
    await fixture.rebuild();
    expect(fixture.rebuilds.get(expired.rebuild_id)?.answers).toEqual([]);
  });

  test('hours whose raw events are gone are not counted down to nothing', async () => {
    await countSome();
    const answers = await fixture.rebuild({
      from: new Date(OLD_MS - 10 * 24 * HOUR_MS).toISOString(),
    });
    expect(answers.map(({ state }) => state)).toEqual(Array(PARTITIONS).fill('failed'));
    expect(answers[0]?.problem).toMatch(
      /^Some raw events of these hours have passed the retention/,
    );
    await expectTruth();
  });

  test('a store that knows more than the log is left as it is', async () => {
    await publishSome();
    const first = await fixture.start();
    await fixture.allStored();
    await fixture.stop(first);
    await fixture.log.deleteTopic(EVENTS_TOPIC);
    await fixture.log.ensureTopics(SPECS);
    await fixture.command('TRUNCATE TABLE webhook_positions');
    await fixture.start();
    const answers = await fixture.rebuild();
    const failed = answers.filter(({ state }) => state === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed[0]?.problem).toMatch(/^Some raw events are beyond the end of the log/);
    await expectTruth();
  });

  test('a request that was done long ago is not done again by a new process', async () => {
    await publishSome();
    const first = await fixture.start();
    await fixture.allStored();
    await fixture.rebuild();
    await fixture.stop(first);
    const [before] = await fixture.log.ranges(REBUILDS_TOPIC);
    await fixture.start();
    await fixture.rebuild();
    await until('both', async () => {
      const [after] = await fixture.log.ranges(REBUILDS_TOPIC);
      return after && before && after.endOffset - before.endOffset === BigInt(PARTITIONS) + 1n;
    });
  });
});
