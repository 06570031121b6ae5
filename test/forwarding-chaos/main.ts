/**
 * `npm run chaos:forwarding -- [--kills 100] [--rate 500] [--seed 1] [--json]`: kills forwarders under
 * traffic of slow and failing bots, takes the broker away, and loses all positions; the last line says what
 * was lost, out of order or repeated. The seed repeats the choice of faults; the moments are the machine's.
 */
import { createProgress } from '@hookpulse/common/runtime/progress';
import { writeResult } from '../../bench/lib/results.ts';
import { parseOptions } from '../../scripts/parse-options.ts';
import { closeOnSignals, endWith, say, tallied, wholeNumber } from '../chaos/chaos-program.ts';
import { startForwardingSystem } from './forwarding-system.ts';
import { type ForwardingChaosReport, isClean, runForwardingChaos } from './run-forwarding-chaos.ts';

const USAGE = `npm run chaos:forwarding -- [options]
  --kills <n>    how often a forwarder is ended with kill -9 (100); other faults come on top
  --rate <n>     updates a second, over 40 bots (500)
  --away <n>     how long the broker is away, once, seconds (60)
  --seed <n>     repeats the choice of faults (1)
  --json         print the figures as JSON`;

const RECOVERY_TIMEOUT_MS = 600_000;

const values = parseOptions(USAGE, {
  kills: { type: 'string', default: '100' },
  rate: { type: 'string', default: '500' },
  away: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const kills = wholeNumber('kills', values.kills);
const rate = wholeNumber('rate', values.rate);
const seed = wholeNumber('seed', values.seed);
const brokerAwayMs = wholeNumber('away', values.away) * 1_000;

const progress = createProgress('kills', kills, { rate: false });
say('starting a broker and three forwarders');
const system = await startForwardingSystem();
closeOnSignals(() => system.close());
const report = await runForwardingChaos(
  system,
  { kills, rate, seed, brokerAwayMs, recoveryMs: RECOVERY_TIMEOUT_MS },
  { onPhase: say, onKill: () => progress.advance(1) },
).finally(() => system.close());
progress.finish();
writeResult('chaos-forwarding', figures(report), values);
const { reckoning, afterLostPositions, crashes } = report;
const findings = [...reckoning.differences, ...afterLostPositions.differences, ...crashes];
endWith(isClean(report), findings, lastLine(report));

function figures({ reckoning, afterLostPositions, ...rest }: ForwardingChaosReport) {
  return {
    kills,
    rate,
    seed,
    ...reckoning,
    differences: reckoning.differences.length,
    lostAfterLostPositions: afterLostPositions.lost,
    outOfOrderAfterLostPositions: afterLostPositions.outOfOrder,
    repeatsAfterLostPositions: afterLostPositions.repeats,
    isLossLogged: rest.isLossLogged,
    crashes: rest.crashes.length,
    killsOf: tallied(rest.kills),
    otherFaults: tallied(rest.otherFaults),
    trafficSeconds: rest.trafficSeconds,
    catchUpSeconds: rest.catchUpSeconds,
  };
}

function lastLine({ reckoning, afterLostPositions, ...rest }: ForwardingChaosReport): string {
  const { lost, outOfOrder, repeats, unexplainedRepeats, logged } = reckoning;
  const after = `after all positions were lost: lost ${afterLostPositions.lost}, out of order ${afterLostPositions.outOfOrder}`;
  return `lost ${lost}, out of order ${outOfOrder}, repeats ${repeats}, of these unexplained ${unexplainedRepeats}; ${after} (${logged} updates, ${kills} kills, ${rest.crashes.length} crashes, seed ${seed}, ${rest.trafficSeconds} s)`;
}
