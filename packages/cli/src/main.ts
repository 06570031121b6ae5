/** The program that `npx hookpulse` runs. */
import { errorCode } from '@hookpulse/common/values/error-code';
import { runCommandLine } from './command-line.ts';
import { processTerminal } from './terminal.ts';

// The reader of the output has closed it: `hookpulse tail | head`.
process.stdout.on('error', (error) => {
  if (errorCode(error) !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommandLine(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  nowMs: Date.now(),
});
