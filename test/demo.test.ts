/** `npm run demo`: a fleet with a past and alerts, soon after it was started, and nothing left running. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { GiveUpError, until } from '@hookpulse/common/testing/until';
import { openDataDir } from '@hookpulse/service-kit/process/data-dir';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { prepareDemoFolder } from '../scripts/demo/demo-folder.ts';
import { LAUNCH_ENVIRONMENT } from '../scripts/launch.mjs';
import { HookpulseClient } from './support/hookpulse-client.ts';

const PROGRAM = join(import.meta.dirname, '..', 'scripts', 'demo.ts');
/** A minute is the promise; a slow machine makes this slow, not red. */
const PATIENCE_MS = 420_000;
const TIMEOUT_MS = 600_000;

let folder: string;
let demo: ChildProcess | null = null;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-demo-'));
});
afterEach(async () => {
  if (demo && demo.exitCode === null) {
    demo.kill('SIGINT');
    await once(demo, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

test(
  'there is soon a fleet to look at, and Ctrl-C stops all of it',
  async () => {
    const lines = start(['--days', '1', '--data-dir', join(folder, 'demo')]);
    await until(
      'the banner',
      () => ended(lines) ?? lines.some((line) => /Ctrl-C/.test(line)),
      PATIENCE_MS,
    );
    const queryApi = found(lines, /open +(http:\S+)\//);
    const token = found(lines, /sign in +(\S+)/);
    const urls = { ingest: '', queryApi, aggregator: '', alerter: '', forwarder: '' };

    const { bots } = await new HookpulseClient(urls, token).fleetHealth();
    const statuses = Object.fromEntries(bots.map((bot) => [bot.bot_id, bot.status]));
    expect(bots).toHaveLength(23); // and one that is disabled
    expect(statuses).toMatchObject({ invoices: 'unhealthy', warehouse: 'no_traffic' });
    expect(Object.values(statuses).filter((status) => status === 'healthy').length).toBeGreaterThan(
      9,
    );

    const alerts = await ask(queryApi, token, '/api/alerts?limit=1000');
    const firing = alerts.alerts.filter((alert) => alert.state === 'firing');
    expect(firing.map(({ bot_id, rule }) => `${bot_id} ${rule}`)).toEqual(
      expect.arrayContaining([
        'door-bell signature_failures',
        'image-studio slow_processing',
        'invoices high_error_rate',
        'warehouse no_traffic',
      ]),
    );
    expect(alerts.alerts.some((alert) => alert.state === 'resolved')).toBe(true);

    const hours = await ask(queryApi, token, `/api/metrics/hourly?group=fleet&limit=100`);
    expect(hours.metrics.length).toBeGreaterThanOrEqual(23);
    await until('live traffic', async () => {
      const { events } = await ask(queryApi, token, '/api/events?limit=1000&event_type=received');
      // What was put on the log beforehand came from elsewhere.
      return events.some((event) => event.ip_address === '127.0.0.1');
    });

    demo?.kill('SIGINT');
    await until('the demo to end', () => demo?.exitCode === 0);
    expect(lines.at(-1)).toMatch(/^Everything has stopped\. .*demo is kept \(\d+ MB\)/);
    await expect(fetch(`${queryApi}/livez`)).rejects.toThrow('fetch failed');
  },
  TIMEOUT_MS,
);

test('a folder with something else in it is left alone', async () => {
  await writeFile(join(folder, 'precious.txt'), 'mine');
  const lines = start(['--data-dir', folder]);
  await until('the demo to end', () => demo?.exitCode === 1);
  await until('the reason', () => lines.at(-1)?.endsWith('Choose another folder with --data-dir.'));
});

test('a folder on which a demo runs is left alone', async () => {
  const running = prepareDemoFolder(folder);
  const lock = openDataDir(running);
  try {
    await writeFile(join(running, 'log.db'), 'of the running one');
    const lines = start(['--data-dir', folder]);
    await until('the demo to end', () => demo?.exitCode === 1);
    await until('the reason', () => lines.at(-1)?.includes('stop the demo that runs on it'));
    expect(await readFile(join(running, 'log.db'), 'utf8')).toBe('of the running one');
  } finally {
    lock.release();
  }
  expect(prepareDemoFolder(folder)).toBe(running);
  expect(await readdir(running)).not.toContain('log.db');
});

function start(args: readonly string[]): string[] {
  demo = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', ...LAUNCH_ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [demo.stdout, demo.stderr]) {
    if (stream) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  return lines;
}

function ended(lines: readonly string[]): null {
  if (demo?.exitCode === null) return null;
  throw new GiveUpError(`the demo ended with ${demo?.exitCode}: ${lines.at(-1)}`);
}

function found(lines: readonly string[], pattern: RegExp): string {
  const [, text] = pattern.exec(lines.join('\n')) ?? [];
  if (text === undefined) throw new Error(`the banner has no ${pattern.source}`);
  return text;
}

type Row = Readonly<Record<string, string | null>>;

async function ask(
  origin: string,
  token: string,
  path: string,
): Promise<Readonly<Record<'alerts' | 'metrics' | 'events', readonly Row[]>>> {
  const response = await fetch(`${origin}${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Record<'alerts' | 'metrics' | 'events', Row[]>;
}
