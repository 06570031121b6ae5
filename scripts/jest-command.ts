/** How Jest is run: on this Node, with the flag that ES modules in Jest need. */
import { createRequire } from 'node:module';

export function jestCommand(args: readonly string[]): readonly [string, ...string[]] {
  const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
  const nodeFlags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return [process.execPath, ...nodeFlags, jest, ...args];
}
