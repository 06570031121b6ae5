import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { givenFolder } from './given-folder.ts';

test.each([
  ['~/backups/monday', join(homedir(), 'backups/monday')],
  ['~', homedir()],
  ['backups', resolve('backups')],
  ['./~x', resolve('~x')],
])('%s is %s', (text, path) => expect(givenFolder(text)).toBe(path));

test('the home folder of somebody else is written out', () => {
  expect(() => givenFolder('~ops/backups')).toThrow(/^<folder> must be the path of a folder/);
});
