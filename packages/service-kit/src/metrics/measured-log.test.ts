import { LogUnavailableError, MessageTooLargeError } from '@hookpulse/event-log/event-log';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { EngineHealth } from './engine-health.ts';
import { measurePublishing } from './measured-log.ts';
import { publishMetrics } from './metrics.ts';

const MESSAGES = [{ topic: 'topic', key: 'key', value: 'value' }];

function open() {
  const log = { error: null as Error | null, published: 0 };
  const metrics = publishMetrics(new Registry());
  const limits = { failingAfterMs: 0, stuckAfterMs: 1_000, forgottenAfterMs: 1_000 };
  const health = new EngineHealth(limits);
  const measured = measurePublishing(
    {
      async publish(messages) {
        if (log.error) throw log.error;
        log.published += messages.length;
      },
    },
    { metrics, health },
  );
  const counts = async () => {
    const { values } = await metrics.publishSeconds.get();
    return values
      .filter(({ metricName }) => metricName?.endsWith('_count'))
      .map(({ labels, value }) => [labels.outcome, value]);
  };
  return { log, measured, health, counts };
}

test('publishes, and tells how long that takes', async () => {
  const { log, measured, health, counts } = open();
  await measured.publish(MESSAGES);
  expect(log.published).toBe(1);
  expect(health.problem()).toBeNull();
  expect(await counts()).toEqual([
    ['acknowledged', 1],
    ['failed', 0],
  ]);
});

test('hands failures on, and counts them against the log', async () => {
  const { log, measured, health, counts } = open();
  log.error = new LogUnavailableError('gone');
  await expect(measured.publish(MESSAGES)).rejects.toBe(log.error);
  expect(health.problem()).toMatchObject({ kind: 'failing' });
  log.error = new MessageTooLargeError('large');
  await expect(measured.publish(MESSAGES)).rejects.toBe(log.error);
  expect(health.problem()).toMatchObject({ kind: 'failing' });
  log.error = null;
  await measured.publish(MESSAGES);
  expect(health.problem()).toBeNull();
  expect(await counts()).toEqual([
    ['acknowledged', 1],
    ['failed', 2],
  ]);
});

test('counts nothing against the log that is the fault of a message', async () => {
  const { log, measured, health } = open();
  log.error = new MessageTooLargeError('large');
  await expect(measured.publish(MESSAGES)).rejects.toBe(log.error);
  expect(health.problem()).toBeNull();
});
