/** Formats of paths: a file that is missing is found at start, and not by the first connection. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Format } from './format.ts';

/** A shell expands `~` itself; a value from a `.env` file or a unit file comes as it is. */
export const folder: Format<string> = {
  allowed: 'the path of a folder; ~/ is the home folder; write out the path for another user',
  parse: expandHome,
};

/** The value is the absolute path. */
export const pemFile: Format<string> = {
  allowed: 'the path of a PEM file that can be read',
  parse: (text) => {
    const path = expandHome(text);
    return path !== undefined && isPemFile(path) ? resolve(path) : undefined;
  },
};

function expandHome(text: string): string | undefined {
  if (!text.startsWith('~')) return text;
  return text === '~' || text.startsWith('~/') ? join(homedir(), text.slice(1)) : undefined;
}

function isPemFile(path: string): boolean {
  try {
    return readFileSync(path, 'latin1').includes('-----BEGIN ');
  } catch {
    // Missing, a folder, or not allowed: the message names the variable and the path.
    return false;
  }
}
