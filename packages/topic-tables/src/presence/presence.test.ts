/** What ingest says of itself, and what is made of it. */

import { steadyClock } from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import { LogUnavailableError, type OutgoingMessage } from '@hookpulse/event-log/event-log';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { PRESENCE_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { expect, test } from '@jest/globals';
import { announcePresence } from './announce-presence.ts';
import { openPresence } from './presence.ts';
import { presenceToMessage, readPresence } from './presence-message.ts';

const logger = silentLogger;
const clock = { now: () => Date.now() };

test('that ingest listens is known from its start to its end, and nothing of before', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const beforeMs = Date.now();
    const presence = announcePresence({ log, logger });
    await presence.close();
    const heard = await openPresence({ log, logger, clock, steadyClock });
    const [first, ...others] = heard.absences({ fromMs: beforeMs - HOUR_MS, toMs: Date.now() });
    expect(others).toEqual([]);
    expect(first?.fromMs).toBe(beforeMs - HOUR_MS);
    expect(first?.toMs).toBeGreaterThanOrEqual(beforeMs);
    // A minute later nobody has said any more.
    const laterMs = Date.now() + 60_000;
    expect(heard.absences({ fromMs: Date.now(), toMs: laterMs })).toMatchObject([
      { toMs: laterMs },
    ]);
    await heard.close();
  }));

test('a stretch is as long as it is said, by the time of the log, and strange messages do no harm', () =>
  withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const heard = await openPresence({ log, logger, clock, steadyClock });
    await log.publish([
      { topic: PRESENCE_TOPIC, key: 'x', value: 'no JSON' },
      { topic: PRESENCE_TOPIC, key: 'x', value: null },
      presenceToMessage({ stretch_id: 'one', listened_ms: HOUR_MS }),
    ]);
    const nowMs = Date.now();
    const span = { fromMs: nowMs - HOUR_MS + 5_000, toMs: nowMs };
    await until('the stretch to be known', () => heard.absences(span).length === 0);
    await heard.close();
  }));

test('a log that took nothing begins a new stretch: what was delivered meanwhile is not known', async () => {
  const said: OutgoingMessage[] = [];
  let isAway = true;
  const log = {
    async publish(messages: readonly OutgoingMessage[]) {
      if (isAway) throw new LogUnavailableError('away');
      said.push(...messages);
    },
  };
  const presence = announcePresence({ log, logger });
  isAway = false;
  await presence.close();
  const [message, ...others] = said;
  expect(others).toEqual([]);
  const value = new TextEncoder().encode(String(message?.value));
  const place = { topic: PRESENCE_TOPIC, partition: 0, offset: 0n, timestampMs: 0 };
  expect(readPresence({ ...place, key: '', value, headers: {} })).toMatchObject({ listened_ms: 0 });
});
