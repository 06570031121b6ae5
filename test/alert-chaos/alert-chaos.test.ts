/** A short run with every test run; `npm run chaos:alerts` makes long ones. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithLocalKafka } from '../setup/requirements.ts';
import { type AlertSystem, startAlertSystem } from './alert-system.ts';
import type { KillStep } from './kill-steps.ts';
import type { Round } from './plan-rounds.ts';
import { runAlertChaos } from './run-alert-chaos.ts';

const SEED = 20_260_210;
/** A broker, eight kills and their rebalances, on a machine that may be slow. */
const TIMEOUT_MS = 400_000;

const killAt = (step: KillStep, transition: 'firing' | 'resolved' = 'firing'): Round => {
  return { kind: 'kill', step, transition, victims: 'both' };
};

/** One of each step that matters most. */
const ROUNDS: readonly Round[] = [
  killAt({ kind: 'later', delayMs: 0 }),
  killAt({ kind: 'write', what: 'transition', when: 'before' }),
  killAt({ kind: 'write', what: 'transition', when: 'after' }, 'resolved'),
  killAt({ kind: 'write', what: 'sending', when: 'after' }),
  killAt({ kind: 'smtp', at: 'data-start' }),
  { kind: 'mail server', how: 'greylisting', times: 1 },
  killAt({ kind: 'smtp', at: 'data-end' }, 'resolved'),
  killAt({ kind: 'smtp', at: 'answered' }),
  { kind: 'mail server away', ms: 5_000 },
  killAt({ kind: 'write', what: 'accepted', when: 'before' }, 'resolved'),
];

describeWithLocalKafka('alerts under kills', () => {
  let system: AlertSystem;
  beforeAll(async () => {
    system = await startAlertSystem();
  });
  afterAll(() => system?.close());

  test(
    'every alert is mailed, in order, and a kill costs one repeated mail at most',
    async () => {
      const options = { rounds: ROUNDS, seed: SEED, remindedBots: 0, recoveringBots: 0 };
      const { reckoning, ...report } = await runAlertChaos(system, options, {
        onPhase: () => undefined,
        onRound: () => undefined,
      });
      expect({ ...reckoning, crashes: report.crashes, missed: report.missedSteps }).toMatchObject({
        lost: 0,
        doubled: 0,
        repeatedAsOthers: 0,
        unexplainedRepeats: 0,
        outOfOrder: 0,
        differences: [],
        crashes: [],
        missed: [],
      });
      expect(report.kills).toBeGreaterThanOrEqual(8);
      expect(reckoning.mostRepeatsAtOnce).toBeLessThanOrEqual(1);
      expect(reckoning.repeatedMails).toBeLessThanOrEqual(report.allowedRepeats);
    },
    TIMEOUT_MS,
  );
});
