/** Starts of Hookpulse on the time line, also of what was killed: each process of a deployment has one mark. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnnotationList } from '@hookpulse/api/annotations';
import { until } from '@hookpulse/common/testing/until';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { describeOnEachDeployment } from './support/deployments.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';

const TOKEN = 'admin-token-of-the-test';
const ONE_PROCESS = ['Hookpulse started'];
const APART = ['aggregator', 'alerter', 'forwarder', 'ingest', 'query-api'].map(
  (name) => `${name} started`,
);

describeOnEachDeployment('restarts', (deployment) => {
  let dataDir: string;
  let running: RunningHookpulse | null = null;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-restarts-'));
  });
  afterEach(async () => {
    await running?.stop('SIGTERM');
    await rm(dataDir, { recursive: true });
  });

  test('every start is seen, after kill -9 as well, and starts close together are one mark', async () => {
    const expected = 'KAFKA_BROKERS' in deployment.engineSettings() ? APART : ONE_PROCESS;
    running = await deployment.start(dataDir, { ADMIN_TOKEN: TOKEN });
    const first = await marks(running, (found) => found.length === expected.length);
    expect(first.map(({ text }) => text).toSorted()).toEqual(expected);
    expect(first.every(({ last_at }) => last_at === undefined)).toBe(true);

    await running.stop('SIGKILL');
    running = await deployment.start(dataDir, { ADMIN_TOKEN: TOKEN });
    const again = await marks(running, (found) => found.every(({ last_at }) => last_at));
    for (const { annotation_id, at, last_at = '' } of again) {
      expect(first).toContainEqual(expect.objectContaining({ annotation_id, at }));
      expect(Date.parse(last_at)).toBeGreaterThan(Date.parse(at));
    }
    expect(again).toHaveLength(expected.length);
  });
});

type Marks = AnnotationList['annotations'];

/** Those of restarts, once they are as expected. */
function marks({ urls }: RunningHookpulse, isExpected: (found: Marks) => boolean): Promise<Marks> {
  return until('the marks', async () => {
    const response = await fetch(`${urls.queryApi}/api/annotations?kind=restart`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    if (!response.ok) return null;
    const { annotations } = (await response.json()) as AnnotationList;
    return isExpected(annotations) ? annotations : null;
  });
}
