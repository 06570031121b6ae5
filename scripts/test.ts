/**
 * `npm test`: type check, lint, unused code, then every test. All steps run, so that one failure
 * does not hide another; the last line has the form `Tests: 123 passed, 0 failed, 0 skipped`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { jestCommand } from './jest-command.ts';
import { runChild } from './run-child.ts';
import { red, runStaticChecks } from './static-checks.ts';

interface JestSummary {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that did not even load: none of their tests is counted. */
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly { name: string; startTime: number; endTime: number }[];
}

/** So many files are named with their times. */
const SLOWEST_FILES = 15;

const failedSteps = await runStaticChecks();
const summary = await runJest(process.argv.slice(2));

printSlowestFiles(summary);
if (failedSteps.length > 0) console.log(red(`Failed before the tests: ${failedSteps.join(', ')}`));
const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
const skipped = summary.numPendingTests + summary.numTodoTests;
console.log(`Tests: ${summary.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = summary.success && failedSteps.length === 0 ? 0 : 1;

/** @param args - passed on to Jest: paths, `-t pattern` */
async function runJest(args: readonly string[]): Promise<JestSummary> {
  const folder = mkdtempSync(join(tmpdir(), 'hookpulse-test-'));
  const outputFile = join(folder, 'summary.json');
  try {
    // Jest's report goes to stderr; its JSON on stdout is the file's, so it is not shown.
    await runChild(jestCommand(['--json', `--outputFile=${outputFile}`, ...args]), {
      stdio: ['inherit', 'ignore', 'inherit'],
    });
    return JSON.parse(readFileSync(outputFile, 'utf8')) as JestSummary;
  } catch (error) {
    console.log(red(`Jest did not finish: ${String(error)}`));
    return {
      success: false,
      numPassedTests: 0,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      numRuntimeErrorTestSuites: 1,
      testResults: [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where the time goes. */
function printSlowestFiles({ testResults }: JestSummary): void {
  const files = testResults
    .map(({ name, startTime, endTime }) => ({
      file: relative(process.cwd(), name),
      seconds: (endTime - startTime) / 1_000,
    }))
    .toSorted((a, b) => b.seconds - a.seconds);
  const sum = files.reduce((seconds, file) => seconds + file.seconds, 0);
  console.log(`${files.length} files took ${sum.toFixed(0)} s together. The slowest:`);
  for (const { file, seconds } of files.slice(0, SLOWEST_FILES)) {
    console.log(`${seconds.toFixed(1).padStart(7)} s  ${file}`);
  }
}
