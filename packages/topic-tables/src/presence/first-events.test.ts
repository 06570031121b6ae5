import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { FIRST_EVENTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { forgetFirstEvent, openFirstEvents } from './first-events.ts';

const logger = silentLogger;

test('that a bot was heard is known to all, survives a restart, and is forgotten when it is erased', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const own = await openFirstEvents({ log, logger });
    const other = await openFirstEvents({ log, logger });
    await own.note(
      new Map([
        ['a', 1_000],
        ['b', 2_000],
      ]),
    );
    expect(own.heardMs('a')).toBe(1_000);
    await until('the other to know', () => other.heardMs('b') === 2_000);
    await log.publish([
      { topic: FIRST_EVENTS_TOPIC, key: 'c', value: '{"bot_id":"c","heard_at":"no time"}' },
      forgetFirstEvent('a'),
    ]);
    await until('a to be forgotten', () => other.heardMs('a') === null);
    const restarted = await openFirstEvents({ log, logger });
    expect([restarted.heardMs('a'), restarted.heardMs('b')]).toEqual([null, 2_000]);
    for (const one of [own, other, restarted]) await one.close();
  }));
