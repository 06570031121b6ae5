/** A short chaos run with every test run; `npm run chaos` makes long ones. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type Cluster, startCluster } from '../support/cluster.ts';
import { CHAOS_CLUSTER, runChaos } from './run-chaos.ts';

const OPTIONS = { events: 30_000, kills: 10, seed: 20_260_210 };
/** A broker, ten kills and a catch-up, on a machine that may be slow. */
const TIMEOUT_MS = 400_000;

describeWithLocalKafka('chaos', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster(CHAOS_CLUSTER);
  });
  afterAll(() => cluster?.close());

  test(
    'nothing is lost, counted twice or off, whatever is killed',
    async () => {
      const report = await runChaos(cluster, OPTIONS, {
        onPhase: () => undefined,
        onAcknowledged: () => undefined,
      });
      expect({ ...report.audit, ...report.driver, crashes: report.crashes }).toMatchObject({
        acknowledged: OPTIONS.events,
        rawRows: OPTIONS.events,
        rawEvents: OPTIONS.events,
        hourlyEvents: OPTIONS.events,
        healthEvents: OPTIONS.events,
        lost: 0,
        doubled: 0,
        windowsOff: 0,
        differences: [],
        unexpectedAnswers: new Map(),
        crashes: [],
      });
      expect(report.alerts).toMatchObject({ off: 0, differences: [] });
      expect(report.alerts.botsAboveTheLine).toBeGreaterThan(0);
      expect(Math.min(...Object.values(report.foreign))).toBeGreaterThan(0);
      const kills = [...report.kills.values()].reduce((sum, count) => sum + count, 0);
      expect(kills).toBe(OPTIONS.kills);
    },
    TIMEOUT_MS,
  );
});
