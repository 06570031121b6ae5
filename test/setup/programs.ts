/** Programs of the system that tests need: looked for, and installed where that needs no asking. */
import { spawnSync } from 'node:child_process';

/** Whether the command can be run and says so, e.g. `succeeds('curl', ['--version'])`. */
export function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/**
 * As root on a system with apt, installs the packages; elsewhere does nothing, because whose machine
 * it is should be asked.
 */
export function installIfAllowed(packages: readonly string[], why: string): void {
  if (process.getuid?.() !== 0 || !succeeds('apt-get', ['--version'])) return;
  console.log(`Installing ${packages.join(' and ')}, which ${why}`);
  succeeds('apt-get', ['update', '-qq']);
  succeeds('apt-get', ['install', '-y', '-qq', ...packages]);
}
