/**
 * `npm test`: type check, lint, unused code, then every test. All steps run, so that one failure
 * does not hide another; the last line has the form `Tests: 123 passed, 0 failed, 0 skipped`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { jestCommand } from './jest-command.ts';

interface JestSummary {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Test files that did not even load: none of their tests is counted. */
  readonly numRuntimeErrorTestSuites: number;
}

const BIN = join(import.meta.dirname, '..', 'node_modules', '.bin');

const steps: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['types', [join(BIN, 'tsc'), '--noEmit']],
  ['types of the dashboard', [join(BIN, 'tsc'), '--noEmit', '-p', 'packages/dashboard']],
  ['lint and format', [join(BIN, 'biome'), 'check', '.']],
  ['unused files, exports, dependencies', [join(BIN, 'knip')]],
];

const failedSteps = steps
  .filter(([name, command]) => !runStep(name, command))
  .map(([name]) => name);
const summary = runJest(process.argv.slice(2));

if (failedSteps.length > 0) console.log(red(`Failed before the tests: ${failedSteps.join(', ')}`));
const failed = summary.numFailedTests + summary.numRuntimeErrorTestSuites;
const skipped = summary.numPendingTests + summary.numTodoTests;
console.log(`Tests: ${summary.numPassedTests} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = summary.success && failedSteps.length === 0 ? 0 : 1;

function runStep(name: string, command: readonly string[]): boolean {
  const [executable = '', ...args] = command;
  const startedMs = performance.now();
  const { status } = spawnSync(executable, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  console.log(status === 0 ? green(`✓ ${name} (${seconds} s)`) : red(`✗ ${name} (${seconds} s)`));
  return status === 0;
}

/** @param args - passed on to Jest: paths, `-t pattern` */
function runJest(args: readonly string[]): JestSummary {
  const folder = mkdtempSync(join(tmpdir(), 'hookpulse-test-'));
  const outputFile = join(folder, 'summary.json');
  try {
    const [executable, ...jestArgs] = jestCommand([
      '--json',
      `--outputFile=${outputFile}`,
      ...args,
    ]);
    // Jest's report goes to stderr; its JSON on stdout is the file's, so it is not shown.
    spawnSync(executable, jestArgs, { stdio: ['inherit', 'ignore', 'inherit'] });
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
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function green(text: string): string {
  return styleText('green', text, { stream: process.stdout });
}

function red(text: string): string {
  return styleText('red', text, { stream: process.stdout });
}
