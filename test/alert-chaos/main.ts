/**
 * `npm run chaos:alerts -- [--kills 60] [--seed 1] [--json]`: kills an alerter at each step between
 * event, transition and mail, breaks the log and the mail server, and says in the last line what was
 * lost, doubled, repeated or out of order. The seed repeats the rounds; the moments are the machine's.
 */
import { createProgress } from '@hookpulse/common/runtime/progress';
import { writeResult } from '../../bench/lib/results.ts';
import { parseOptions } from '../../scripts/parse-options.ts';
import { closeOnSignals, endWith, say, tallied, wholeNumber } from '../chaos/chaos-program.ts';
import { startAlertSystem } from './alert-system.ts';
import { planRounds } from './plan-rounds.ts';
import { type AlertChaosReport, isClean, runAlertChaos } from './run-alert-chaos.ts';

const USAGE = `npm run chaos:alerts -- [options]
  --kills <n>    rounds with a kill -9 of an alerter (60); other faults come on top
  --seed <n>     repeats the rounds (1)
  --json         print the figures as JSON`;

/** Reminders are due a minute after each other: so several come while a round waits for one. */
const REMINDED_BOTS = 8;
const RECOVERING_BOTS = 4;

const values = parseOptions(USAGE, {
  kills: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const seed = wholeNumber('seed', values.seed);
const rounds = planRounds({ kills: wholeNumber('kills', values.kills), seed });

const progress = createProgress('rounds', rounds.length, { rate: false });
say('starting a broker, a mail server and two alerters');
const system = await startAlertSystem();
closeOnSignals(() => system.close());
const report = await runAlertChaos(
  system,
  { rounds, seed, remindedBots: REMINDED_BOTS, recoveringBots: RECOVERING_BOTS },
  { onPhase: say, onRound: () => progress.advance(1) },
).finally(() => system.close());
progress.finish();
writeResult('chaos-alerts', figures(report), values);
endWith(isClean(report), [...report.reckoning.differences, ...report.crashes], lastLine(report));

function figures({ reckoning, ...rest }: AlertChaosReport) {
  return {
    seed,
    rounds: rounds.length,
    kills: rest.kills,
    ...reckoning,
    differences: reckoning.differences.length,
    allowedRepeats: rest.allowedRepeats,
    crashes: rest.crashes.length,
    killsAt: tallied(rest.killsAt),
    missedSteps: rest.missedSteps.join(', ') || 'none',
    otherFaults: tallied(rest.otherFaults),
    seconds: rest.seconds,
    settlingSeconds: rest.settlingSeconds,
  };
}

function lastLine({
  reckoning,
  kills,
  allowedRepeats,
  crashes,
  seconds,
}: AlertChaosReport): string {
  const { lost, doubled, repeatedMails, outOfOrder, transitions, writtenTwice, mails } = reckoning;
  const wrong = `lost ${lost}, doubled transitions ${doubled}, repeated mails ${repeatedMails} (allowed ${allowedRepeats}), out of order ${outOfOrder}`;
  const what = `${transitions} transitions, ${writtenTwice} written twice, ${mails} mails`;
  return `${wrong} (${what}; ${kills} kills, ${crashes.length} crashes, seed ${seed}, ${seconds} s)`;
}
