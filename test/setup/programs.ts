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

/** The same where apt knows the package already: nothing is updated or removed for it, nor waited for long. */
export function installIfKnown(name: string, why: string): void {
  if (process.getuid?.() !== 0 || !succeeds('apt-cache', ['show', name])) return;
  console.log(`Installing ${name}, which ${why}`);
  const limits = ['Acquire::Retries=0', 'Acquire::http::Timeout=10', 'Acquire::https::Timeout=10'];
  const options = limits.flatMap((limit) => ['-o', limit]);
  succeeds('apt-get', ['install', '-y', '-qq', '--no-remove', ...options, name]);
}
