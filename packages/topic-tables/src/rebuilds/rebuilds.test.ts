import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import type { EventLog, FollowOptions } from '@hookpulse/event-log/event-log';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { REBUILDS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { answerToMessage } from './rebuild-message.ts';
import { followRebuilds, type Rebuilds } from './rebuilds.ts';

const logger = silentLogger;
let directory: string;
let log: EventLog;
const followed: Rebuilds[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-rebuilds-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
});
afterEach(async () => {
  await Promise.all(followed.splice(0).map((one) => one.close()));
  await log.close();
  await rm(directory, { recursive: true });
});

async function open(of: Pick<EventLog, 'follow' | 'publish'> = log) {
  const rebuilds = followRebuilds({ log: of, logger });
  followed.push(rebuilds);
  if (!(await rebuilds.opened)) throw new Error('it was closed');
  return rebuilds;
}

const REQUEST: RebuildRequest = {
  rebuild_id: 'one',
  requested_at: '2026-02-10T20:00:00.000Z',
  expires_at: '2026-02-10T20:15:00.000Z',
  from: '2026-02-10T18:00:00.000Z',
  to: '2026-02-10T20:00:00.000Z',
  bot_id: null,
  dry_run: false,
  partitions: 2,
  retention_days: 7,
};

const ANSWER: RebuildAnswer = {
  rebuild_id: 'one',
  partition: 1,
  state: 'running',
  answered_at: '2026-02-10T20:00:01.000Z',
  progress: 0.5,
  raw_events: 1,
  hours: 1,
  hours_changed: 0,
  slices_changed: 0,
  changes: [],
  problem: null,
};

test('what is posted is seen by the poster at once, and by everybody, now and later', async () => {
  const first = await open();
  const second = await open();
  await first.post(REQUEST);
  expect(first.get('one')).toEqual({ request: REQUEST, answers: [] });
  await until('the other one', () => second.get('one'));
  await log.publish([answerToMessage(ANSWER)]);
  const done = { ...ANSWER, state: 'done' as const, progress: 1 };
  await log.publish([answerToMessage(done)]);
  await until('the answer', () => first.get('one')?.answers[0]?.state === 'done');
  expect((await open()).list()).toEqual([{ request: REQUEST, answers: [done] }]);
});

test('what is forgotten is gone for everybody', async () => {
  const first = await open();
  const second = await open();
  await first.post(REQUEST);
  await log.publish([answerToMessage(ANSWER)]);
  await first.forget(REQUEST);
  await until('both', () => first.list().length === 0 && second.list().length === 0);
  expect((await open()).list()).toEqual([]);
});

test('what others have written there is passed over', async () => {
  const rebuilds = await open();
  const noise = ['{', 'null', '{"rebuild_id":"two"}', JSON.stringify(REQUEST)];
  await log.publish(noise.map((value) => ({ topic: REBUILDS_TOPIC, key: 'two|0', value })));
  await log.publish(noise.map((value) => ({ topic: REBUILDS_TOPIC, key: 'two', value })));
  await rebuilds.post(REQUEST);
  expect(rebuilds.list()).toEqual([{ request: REQUEST, answers: [] }]);
});

test('a log that is away is asked again', async () => {
  let refusals = 1;
  const rebuilds = await open({
    publish: (messages) => log.publish(messages),
    async follow(options: FollowOptions) {
      refusals -= 1;
      if (refusals >= 0) throw new LogUnavailableError('away');
      return log.follow(options);
    },
  });
  expect(rebuilds.list()).toEqual([]);
});

test('closing waits for no log that never answers', async () => {
  const rebuilds = followRebuilds({
    log: {
      publish: (messages) => log.publish(messages),
      follow: async () => ({ caughtUp: new Promise<never>(() => {}), close: async () => {} }),
    },
    logger,
  });
  await rebuilds.close();
  expect(await rebuilds.opened).toBe(false);
});
