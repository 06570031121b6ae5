/**
 * `npm run check`: types, lint, unused code and the unit tests that need no engine. What a contributor
 * runs before each commit; `npm test` runs everything.
 */
import { jestCommand } from './jest-command.ts';
import { runChild } from './run-child.ts';
import { red, runStaticChecks } from './static-checks.ts';

/** Rooms without Kafka, ClickHouse, browser and child processes. */
const UNIT_TESTS = [
  'packages/(common|api|traffic|dashboard)/',
  'services/[^/]+/src/domain/',
  'packages/channels/src/mail/classify',
];

const failedChecks = await runStaticChecks();
const status = await runChild(jestCommand(UNIT_TESTS));
if (failedChecks.length > 0) console.log(red(`Failed: ${failedChecks.join(', ')}`));
process.exitCode = status === 0 && failedChecks.length === 0 ? 0 : 1;
