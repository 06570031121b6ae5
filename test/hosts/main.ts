/**
 * `npm run chaos:hosts -- [--faults 50] [--rate 60] [--seed 1] [--json]`: loses, cuts off and sets the clocks
 * of three hosts under traffic of known truth, and says in the last line what was lost, doubled or off. The
 * seed repeats the traffic and the choice of faults; the moments are the machine's.
 */
import { writeResult } from '../../bench/lib/results.ts';
import { parseOptions } from '../../scripts/parse-options.ts';
import {
  closeOnSignals,
  countedIn,
  endWith,
  say,
  tallied,
  wholeNumber,
} from '../chaos/chaos-program.ts';
import { NoHostNetworkError } from './host-network.ts';
import { HOST_CHAOS_ENV, type HostChaosReport, isClean, runHostChaos } from './run-host-chaos.ts';
import { startThreeHosts } from './three-hosts.ts';

const USAGE = `npm run chaos:hosts -- [options]
  --faults <n>   how often something is killed, lost, cut off or set (50)
  --rate <n>     requests a second (60)
  --seed <n>     repeats the traffic and the choice of faults (1)
  --json         print the figures as JSON`;

const values = parseOptions(USAGE, {
  faults: { type: 'string', default: '50' },
  rate: { type: 'string', default: '60' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
});
const options = {
  faults: wholeNumber('faults', values.faults),
  rate: wholeNumber('rate', values.rate),
  seed: wholeNumber('seed', values.seed),
};

say('starting three hosts, each with a broker and services, and a store');
const system = await startThreeHosts(HOST_CHAOS_ENV).catch((error: unknown) => {
  if (!(error instanceof NoHostNetworkError)) throw error;
  console.error(error.message);
  process.exit(1);
});
closeOnSignals(() => system.close());
const report = await runHostChaos(system, options, {
  onPhase: say,
  onSilenceEnd: (seconds) => console.error(`acknowledged again after ${seconds} s`),
  onFault: (number, what) => console.error(`${number} of ${options.faults}: ${what}`),
}).finally(() => system.close());
writeResult('chaos-hosts', figures(report), values);
endWith(isClean(report), [...report.audit.differences, ...report.crashes], lastLine(report));

function figures({ options, audit, driver, kills, otherFaults, ...rest }: HostChaosReport) {
  return {
    ...options,
    ...audit,
    ...rest,
    differences: audit.differences.length,
    crashes: rest.crashes.length,
    acknowledgedRequests: driver.acknowledgedRequests,
    unexpectedAnswers: tallied(driver.unexpectedAnswers),
    failedAttempts: driver.failedAttempts,
    killsOf: tallied(kills),
    otherFaults: tallied(otherFaults),
  };
}

function lastLine({ options, audit, falseAlerts, crashes, ...rest }: HostChaosReport): string {
  const { lost, doubled, windowsOff } = audit;
  const faults = tallied(new Map([...rest.kills, ...rest.otherFaults]));
  const counted = `lost ${lost}, doubled ${doubled}, windows off ${windowsOff}`;
  return `The three-host chaos: ${options.faults} faults, ${counted}, false alerts ${falseAlerts} (${countedIn(audit)}; ${faults}; ${crashes.length} crashes, seed ${options.seed}, ${rest.trafficSeconds} s)`;
}
