/** A short run with every test run; `npm run chaos:forwarding` makes long ones. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type ForwardingSystem, startForwardingSystem } from './forwarding-system.ts';
import { isClean, runForwardingChaos } from './run-forwarding-chaos.ts';

const OPTIONS = { kills: 6, rate: 200, seed: 20_260_210, brokerAwayMs: 5_000, recoveryMs: 120_000 };
/** A broker, six kills and two catch-ups, on a machine that may be slow. */
const TIMEOUT_MS = 600_000;

describeWithLocalKafka('forwarding under kills', () => {
  let system: ForwardingSystem;
  beforeAll(async () => {
    system = await startForwardingSystem();
  });
  afterAll(() => system?.close());

  test(
    'nothing is lost, order is kept, and little is repeated, whatever is killed',
    async () => {
      const report = await runForwardingChaos(system, OPTIONS, {
        onPhase: () => undefined,
        onKill: () => undefined,
      });
      const right = { lost: 0, outOfOrder: 0, unexplainedRepeats: 0, differences: [] };
      expect(report.reckoning).toMatchObject(right);
      expect(report.reckoning.logged).toBeGreaterThan(0);
      expect(report.afterLostPositions).toMatchObject(right);
      expect(report).toMatchObject({ isLossLogged: true, crashes: [] });
      expect(isClean(report)).toBe(true);
    },
    TIMEOUT_MS,
  );
});
