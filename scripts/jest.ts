/** `npm run test:unit [paths…] [-t pattern]`: only tests, only some of them if wanted. */
import { spawnSync } from 'node:child_process';
import { jestCommand } from './jest-command.ts';

const [executable, ...args] = jestCommand(process.argv.slice(2));
process.exitCode = spawnSync(executable, args, { stdio: 'inherit' }).status ?? 1;
