/** Files of the data folder: the owner's alone, whatever the folder itself lets others see. */
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bits of group and others. */
const OTHERS = 0o077;
/** What Hookpulse makes in a data folder, with SQLite's companions. All else there may be somebody's own. */
const OWN_NAME =
  /^(?:lock\.db|log\.(?:db|lock)|admin-token|secrets-key|chdb|outbox|backups|restore)(?:$|[-.])/;

/** Files and folders that this process creates from now on are its user's alone. */
export function createPrivately(): void {
  process.umask(OTHERS);
}

/**
 * Closes to other users what earlier starts left in the data folder.
 * @returns how many files and folders those could open
 */
export function closeFiles(folder: string): number {
  return readdirSync(folder)
    .filter((name) => OWN_NAME.test(name))
    .reduce((closed, name) => closed + closeToOthers(join(folder, name)), 0);
}

/** Whether users other than the owner can look into a folder. */
export function isOpenToOthers(folder: string): boolean {
  return (lstatSync(folder).mode & OTHERS) !== 0;
}

function closeToOthers(path: string): number {
  const stat = lstatSync(path);
  // What a link leads to is not ours.
  if (stat.isSymbolicLink()) return 0;
  const isOpen = (stat.mode & OTHERS) !== 0;
  if (isOpen) chmodSync(path, stat.mode & 0o700);
  const inside = stat.isDirectory() ? readdirSync(path) : [];
  return inside.reduce((closed, name) => closed + closeToOthers(join(path, name)), isOpen ? 1 : 0);
}
