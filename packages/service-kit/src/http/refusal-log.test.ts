import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { LogUnavailableError } from '@hookpulse/event-log/event-log';
import { QueueFullError } from '@hookpulse/event-log/micro-batcher';
import { expect, test } from '@jest/globals';
import { createRefusalLog } from './refusal-log.ts';

test('says each reason once in a while, and how many others there were', () => {
  const lines: unknown[] = [];
  const logger = silentLogger;
  Object.assign(logger, { warn: (fields: unknown) => lines.push(fields) });
  let nowMs = 0;
  const log = createRefusalLog(logger, {
    message: 'refused',
    repeatAfterMs: 1_000,
    now: () => nowMs,
  });
  const away = new LogUnavailableError('down');
  const full = new QueueFullError('full');

  for (const url of ['/1', '/2', '/3']) log({ url }, away);
  log({ url: '/4' }, full);
  nowMs = 1_000;
  log({ url: '/5' }, away);
  nowMs = 2_000;
  log({ url: '/6' }, away);

  expect(lines).toEqual([
    { url: '/1', err: away },
    { url: '/4', err: full },
    { url: '/5', err: away, othersSinceLastLine: 2 },
    { url: '/6', err: away },
  ]);
});
