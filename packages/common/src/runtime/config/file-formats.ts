/** Formats of paths: a file that is missing is found at start, and not by the first connection. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Format } from './format.ts';

/** The value is the absolute path. */
export const pemFile: Format<string> = {
  allowed: 'the path of a PEM file that can be read',
  parse: (text) => (isPemFile(text) ? resolve(text) : undefined),
};

function isPemFile(path: string): boolean {
  try {
    return readFileSync(path, 'latin1').includes('-----BEGIN ');
  } catch {
    // Missing, a folder, or not allowed: the message names the variable and the path.
    return false;
  }
}
