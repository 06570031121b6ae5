import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataDirInUseError, DataDirUnusableError, openDataDir } from './data-dir.ts';

let folder: string;
type Child = ChildProcessByStdio<null, Readable, Readable>;
const children: Child[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hookpulse-data-')), 'data');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true });
});

/** Another process that opens the folder, says so on its standard output, and stays until killed. */
function openInChild(): Child {
  const module = new URL('./data-dir.ts', import.meta.url).href;
  const code = `import { openDataDir } from ${JSON.stringify(module)};
    openDataDir(process.argv[1]);
    console.log('held');
    setInterval(() => {}, 1000);`;
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--input-type=module', '-e', code, folder],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.push(child);
  return child;
}

test('creates the folder for its owner alone', () => {
  const dataDir = openDataDir(folder);
  expect(dataDir.path).toBe(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  dataDir.release();
});

describe('a folder that is there and open to others', () => {
  /** Names and modes of all that is below, as `ls` has them. */
  const modes = () =>
    Object.fromEntries(
      readdirSync(folder, { recursive: true }).map((name) => [
        String(name),
        (statSync(join(folder, String(name))).mode & 0o777).toString(8),
      ]),
    );

  let umask: number;
  beforeEach(() => {
    umask = process.umask(0o022);
  });
  afterEach(() => {
    process.umask(umask);
  });

  test('has private files: those of before, and those that come', () => {
    mkdirSync(join(folder, 'chdb', 'store'), { recursive: true });
    for (const name of ['log.db', 'log.db-wal', 'chdb/store/data.bin', 'notes.txt']) {
      writeFileSync(join(folder, name), 'x');
    }
    chmodSync(folder, 0o755);
    const dataDir = openDataDir(folder);
    expect(dataDir).toMatchObject({ closedFiles: 5, isOpenToOthers: true });
    writeFileSync(join(folder, 'chdb', 'later.bin'), 'x');
    expect(modes()).toEqual({
      'lock.db': '600',
      'lock.db-journal': '600',
      'log.db': '600',
      'log.db-wal': '600',
      chdb: '700',
      'chdb/store': '700',
      'chdb/store/data.bin': '600',
      'chdb/later.bin': '600',
      // Not ours.
      'notes.txt': '644',
    });
    dataDir.release();
  });

  test('is not said to be open when it is not', () => {
    const dataDir = openDataDir(folder);
    expect(dataDir).toMatchObject({ closedFiles: 0, isOpenToOthers: false });
    dataDir.release();
  });
});

test('refuses at once where no folder can be made', () => {
  // There is such a place on Linux alone; elsewhere no file can hold a folder either.
  const nowhere = existsSync('/proc') ? '/proc/nowhere/data' : '/dev/null/data';
  expect(() => openDataDir(nowhere)).toThrow(DataDirUnusableError);
});

test('is held once, until it is released', () => {
  const first = openDataDir(folder);
  expect(() => openDataDir(folder)).toThrow(DataDirInUseError);
  expect(() => openDataDir(folder)).toThrow(folder);
  first.release();
  first.release();
  openDataDir(folder).release();
});

test('refuses a second process with one clear sentence', async () => {
  const dataDir = openDataDir(folder);
  const child = openInChild();
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')]);
  expect(child.exitCode).toBe(1);
  expect(stderr).toContain(`The data folder ${folder} is in use by another Hookpulse process`);
  dataDir.release();
});

test('is free as soon as its holder is killed', async () => {
  const child = openInChild();
  await once(child.stdout, 'data');
  expect(() => openDataDir(folder)).toThrow(DataDirInUseError);

  child.kill('SIGKILL');
  await once(child, 'close');

  openDataDir(folder).release();
});
