/** A PostgreSQL server for the benchmark, reached by a socket in its own folder. */
import { spawnSync } from 'node:child_process';
import { chownSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEngine } from '../../test/engine-process/engine-process.ts';
import { findPostgres, MissingProgramError } from './programs.ts';

export interface BenchPostgres {
  /** Folder of the socket. */
  readonly host: string;
  readonly user: string;
  readonly pid: number;
  /** The answer to a query that has one value. */
  ask(sql: string): string;
  close(): Promise<void>;
}

const USER = 'bench';
/** `nobody`: PostgreSQL does not run as root. */
const UNPRIVILEGED_ID = 65_534;
const AS_NOBODY = [
  'setpriv',
  `--reuid=${UNPRIVILEGED_ID}`,
  `--regid=${UNPRIVILEGED_ID}`,
  '--clear-groups',
] as const;

/** As it comes: every commit is synced. @throws MissingProgramError */
export async function startPostgres(): Promise<BenchPostgres> {
  const programs = findPostgres();
  // Not in the folder of the benchmark: a socket's path is at most 107 characters.
  const folder = await mkdtemp(join(tmpdir(), 'hookpulse-pg-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, UNPRIVILEGED_ID, UNPRIVILEGED_ID);
  const data = join(folder, 'data');
  const command = (name: string, args: readonly string[]): readonly [string, ...string[]] => {
    const program = join(programs, name);
    return isRoot ? [...AS_NOBODY, program, ...args] : [program, ...args];
  };
  const [make, ...makeArgs] = command('initdb', [
    ...['--pgdata', data, '--username', USER, '--auth', 'trust', '--encoding', 'UTF8'],
    ...['--locale', 'C.UTF-8'],
  ]);
  const made = spawnSync(make, makeArgs, { encoding: 'utf8', cwd: folder });
  if (made.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    throw new MissingProgramError(`initdb failed: ${made.error ?? made.stderr}`);
  }
  const ask = (sql: string) => {
    const args = ['--host', folder, '--username', USER, '--no-align', '--tuples-only'];
    return spawnSync('psql', [...args, '--command', sql, 'postgres'], { encoding: 'utf8' });
  };
  const engine = await startEngine({
    name: 'PostgreSQL',
    command: command('postgres', ['-D', data, '-k', folder, '-c', 'listen_addresses=']),
    folder,
    fate: 'deleted',
    logPath: join(folder, 'postgres.log'),
    isAnswering: async () => ask('SELECT 1').status === 0,
  });
  return {
    host: folder,
    user: USER,
    pid: await engine.pid(),
    ask: (sql) => ask(sql).stdout.trim(),
    close: () => engine.close(),
  };
}
