/** Python with the packages that bots of tests need, in a virtual environment that is kept between runs. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';

const REQUIREMENTS = join(import.meta.dirname, '../../packages/sdk-python/requirements-test.txt');
/** aiogram and python-telegram-bot run on this Python or a later one. */
const OLDEST = [3, 10] as const;
const TIMEOUT_MS = 240_000;

/**
 * The program to run scripts with. Takes a minute the first time, and none afterwards.
 * @throws Error that says what is missing
 */
export function preparePython(): string {
  const version = pythonVersion();
  const requirements = readFileSync(REQUIREMENTS);
  const digest = createHash('sha256').update(requirements).update(version).digest('hex');
  const folder = join(cacheFolder('hookpulse-python'), digest.slice(0, 16));
  if (!existsSync(folder)) install(folder);
  return programIn(folder);
}

function pythonVersion(): string {
  const { stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  const [, version, major, minor] = /((\d+)\.(\d+)\.\d+)/.exec(stdout ?? '') ?? [];
  const isNewEnough = Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1];
  if (version !== undefined && isNewEnough) return version;
  throw new Error(`There is no Python ${OLDEST.join('.')} or later (python3).`);
}

/** Beside its place first: another run may do the same, and this one may be cut off. */
function install(folder: string): void {
  console.log(
    'Installing aiogram and python-telegram-bot from PyPI, whose bots are tested (once) …',
  );
  const draft = `${folder}.${process.pid}`;
  try {
    run('python3', ['-m', 'venv', draft], 'Python cannot make a virtual environment (venv)');
    const pip = ['-m', 'pip', 'install', '--quiet', '--timeout', '15', '--retries', '1'];
    run(
      programIn(draft),
      [...pip, '--only-binary', ':all:', '--requirement', REQUIREMENTS],
      'PyPI does not give aiogram or python-telegram-bot',
    );
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function programIn(folder: string): string {
  return join(folder, 'bin', 'python');
}

function run(command: string, args: readonly string[], problem: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  if (status === 0) return;
  const said = `${stderr ?? ''}${stdout ?? ''}`.trim().split('\n').at(-1) ?? '';
  throw new Error(`${problem}: ${error?.message ?? said}`);
}
