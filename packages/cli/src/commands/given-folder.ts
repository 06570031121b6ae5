/** A folder as people type it behind a command. */
import { resolve } from 'node:path';
import { folder } from '@hookpulse/service-kit/config/file-formats';
import { CommandError } from '../command-error.ts';

/** Absolute. A quoted `~/` comes as it is: no shell has expanded it. @throws CommandError */
export function givenFolder(text: string): string {
  const path = folder.parse(text);
  if (path !== undefined) return resolve(path);
  throw new CommandError(`<folder> must be ${folder.allowed}, not ${JSON.stringify(text)}`);
}
