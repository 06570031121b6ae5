/** `npm run test:unit [paths…] [-t pattern]`: only tests, only some of them if wanted. */
import { jestCommand } from './jest-command.ts';
import { runChild } from './run-child.ts';

process.exitCode = await runChild(jestCommand(process.argv.slice(2)));
