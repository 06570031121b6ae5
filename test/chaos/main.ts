/**
 * `npm run chaos -- [--kills 40] [--events 100000] [--seed 1] [--json]`: kills and cuts everything at
 * random while traffic of known truth flows, and says in the last line what was lost, doubled or off.
 * The seed repeats the traffic and the choice of faults; the moments are the machine's.
 */
import { createProgress } from '@hookpulse/common/runtime/progress';
import { writeResult } from '../../bench/lib/results.ts';
import { parseOptions } from '../../scripts/parse-options.ts';
import { startCluster } from '../support/cluster.ts';
import { closeOnSignals, countedIn, endWith, say, tallied, wholeNumber } from './chaos-program.ts';
import {
  CHAOS_CLUSTER,
  type ChaosOptions,
  type ChaosReport,
  isClean,
  runChaos,
} from './run-chaos.ts';

const USAGE = `npm run chaos -- [options]
  --kills <n>    how often something is ended with kill -9 (40); milder faults come on top
  --events <n>   events to be counted in the end (100000)
  --seed <n>     repeats the traffic and the choice of faults (1)
  --json         print the figures as JSON`;

const values = parseOptions(USAGE, {
  kills: { type: 'string', default: '40' },
  events: { type: 'string', default: '100000' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const options: ChaosOptions = {
  kills: wholeNumber('kills', values.kills),
  events: wholeNumber('events', values.events),
  seed: wholeNumber('seed', values.seed),
};

const progress = createProgress('events acknowledged', options.events);
say('starting a broker, a store, a mail server and seven services');
const cluster = await startCluster(CHAOS_CLUSTER);
closeOnSignals(() => cluster.close());
const report = await runChaos(cluster, options, {
  onPhase: say,
  onAcknowledged: (events) => progress.advance(events),
}).finally(() => cluster.close());
progress.finish();
writeResult('chaos', figures(report), values);
const { audit, alerts, crashes } = report;
const findings = [...audit.differences, ...alerts.differences, ...crashes];
endWith(isClean(report), findings, lastLine(report));

function figures({ audit, alerts, driver, ...report }: ChaosReport) {
  return {
    ...report.options,
    ...audit,
    differences: audit.differences.length,
    alertTransitions: alerts.transitions,
    alertsMailed: alerts.mailed,
    botsAboveTheLine: alerts.botsAboveTheLine,
    alertsOff: alerts.off,
    crashes: report.crashes.length,
    unexpectedAnswers: tallied(driver.unexpectedAnswers),
    failedAttempts: driver.failedAttempts,
    killsOf: tallied(report.kills),
    otherFaults: tallied(report.otherFaults),
    foreignCommitted: report.foreign.committed,
    foreignAborted: report.foreign.aborted,
    foreignPlain: report.foreign.plain,
    trafficSeconds: report.trafficSeconds,
    catchUpSeconds: report.catchUpSeconds,
  };
}

function lastLine(report: ChaosReport): string {
  const { audit, alerts, foreign, otherFaults, crashes } = report;
  const { kills, seed } = report.options;
  const { lost, doubled, windowsOff } = audit;
  const numbers = countedIn(audit, {
    'alert transitions': alerts.transitions,
    'foreign records': foreign.committed + foreign.aborted + foreign.plain,
  });
  const others = [...otherFaults.values()].reduce((sum, number) => sum + number, 0);
  const faults = `${kills} kills, ${others} other faults, ${crashes.length} crashes, seed ${seed}`;
  return `lost ${lost}, doubled ${doubled}, windows off ${windowsOff}, alerts off ${alerts.off} (${numbers}; ${faults})`;
}
