import type { Annotation } from '@hookpulse/common/events/annotation';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import {
  type EventLog,
  LogRefusedError,
  LogUnavailableError,
} from '@hookpulse/event-log/event-log';
import { withTestLogs } from '@hookpulse/event-log/sqlite/testing/test-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { followAnnotations } from '@hookpulse/topic-tables/annotations/annotations';
import { expect, test } from '@jest/globals';
import { pino } from 'pino';
import { announceStart } from './announce-start.ts';

const logger = silentLogger;
const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

/** A log with its topics, and what stands on the time line. */
function withTimeLine(
  run: (log: EventLog, noted: () => readonly Annotation[]) => Promise<void>,
): Promise<void> {
  return withTestLogs(async (logs) => {
    const log = await logs.open();
    await log.ensureTopics(TOPIC_SPECS);
    const annotations = followAnnotations({ log, logger });
    await annotations.opened;
    await run(log, () => annotations.list());
    await annotations.close();
  });
}

test('a start is noted once, and those of a crash loop as one', () =>
  withTimeLine(async (log, noted) => {
    const start = async (nowMs: number, name = 'ingest') => {
      const before = JSON.stringify(noted());
      const announced = announceStart({ name, log, logger, clock: { now: () => nowMs } });
      await until('the start to be noted', () => JSON.stringify(noted()) !== before);
      await announced.close();
    };
    await start(NOW_MS);
    expect(noted()).toEqual([
      expect.objectContaining({ kind: 'restart', text: 'ingest started', at: iso(NOW_MS) }),
    ]);
    await start(NOW_MS + MINUTE_MS);
    await start(NOW_MS + 2 * MINUTE_MS);
    expect(noted()).toEqual([
      expect.objectContaining({ at: iso(NOW_MS), last_at: iso(NOW_MS + 2 * MINUTE_MS) }),
    ]);
    await start(NOW_MS, 'alerter');
    expect(noted()).toHaveLength(2);
  }));

test('workers that start together are one', () =>
  withTimeLine(async (log, noted) => {
    const clock = { now: () => NOW_MS };
    const workers = [1, 2, 3].map(() => announceStart({ name: 'ingest', log, logger, clock }));
    await until('the start to be noted', () => noted().length > 0);
    for (const worker of workers) await worker.close();
    expect(noted()).toHaveLength(1);
  }));

test('a log that does not take it is tried again, and closing does not wait for it', () =>
  withTimeLine(async (log, noted) => {
    const refusing = (times: number, publish: () => Promise<never>): typeof log => {
      let left = times;
      return new Proxy(log, {
        get(target, name: keyof EventLog) {
          if (name === 'publish' && left-- > 0) return publish;
          const value = target[name];
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    };
    const away = () => Promise.reject(new LogUnavailableError('the log is away'));
    const clock = { now: () => NOW_MS };
    const announced = announceStart({ name: 'a', log: refusing(1, away), logger, clock });
    await until('the start to be noted', () => noted().length === 1);
    await announced.close();

    const hanging = Promise.withResolvers<never>();
    const stuck = announceStart({
      ...{ name: 'b', logger, clock },
      log: refusing(1, () => hanging.promise),
    });
    await stuck.close();
    expect(noted()).toHaveLength(1);
  }));

test('a log that refuses it is not asked again', () =>
  withTimeLine(async (log, noted) => {
    let asked = 0;
    const refused = new Proxy(log, {
      get(target, name: keyof EventLog) {
        if (name !== 'publish') return Reflect.get(target, name).bind(target);
        return async () => {
          asked += 1;
          throw new LogRefusedError('no right to write');
        };
      },
    });
    const warned = Promise.withResolvers<string>();
    const write = (line: string) => warned.resolve(JSON.parse(line).msg);
    const announced = announceStart({
      name: 'a',
      log: refused,
      logger: pino({ level: 'warn' }, { write }),
      clock: { now: () => NOW_MS },
    });
    expect(await warned.promise).toBe('the start cannot be noted');
    await announced.close();
    expect(asked).toBe(1);
    expect(noted()).toEqual([]);
  }));
