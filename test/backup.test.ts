/** A backup that is made under traffic, and what is restored from it elsewhere. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import type { Reconciliation } from '@hookpulse/common/windows/reconciliation';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runCommand, settingsFor } from './support/command-line.ts';
import { HookpulseClient } from './support/hookpulse-client.ts';
import {
  type HookpulseProcess,
  runHookpulse,
  startHookpulse,
} from './support/hookpulse-process.ts';

const BOTS = 5;
const EVENTS_A_REPORT = 20;
/** Before the backup is asked for; as many come while it is made. */
const REPORTS = 40;

let folder: string;
let running: HookpulseProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-backup-'));
  running = [];
});
afterEach(async () => {
  for (const hookpulse of running) await hookpulse.stop('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

async function start(name: string) {
  const dataDir = join(folder, name);
  const hookpulse = await startHookpulse(dataDir, {
    LOG_LEVEL: 'warn',
    WEBHOOK_PROCESSING_TIMEOUT: '3600',
  });
  running.push(hookpulse);
  const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  return {
    hookpulse,
    adminToken,
    client: new HookpulseClient(hookpulse.urls, adminToken),
    run: (...args: string[]) =>
      runCommand(args, { ...settingsFor(hookpulse.urls, dataDir), ADMIN_TOKEN: adminToken }),
  };
}

test('what was acknowledged before is in it, and all is counted once when it comes again', async () => {
  const first = await start('first');
  const tokens: string[] = [];
  for (let n = 0; n < BOTS; n += 1) {
    tokens.push((await first.client.registerBot(`bot-${n}`)).reportToken);
  }
  const reports = Array.from({ length: 2 * REPORTS }, (_, n) => ({
    bot: n % BOTS,
    events: Array.from({ length: EVENTS_A_REPORT }, () => ({
      event_id: randomUUID(),
      bot_id: `bot-${n % BOTS}`,
      event_type: 'processed',
      timestamp: new Date().toISOString(),
      processing_time_ms: n,
    })),
  }));
  const send = async (client: HookpulseClient, report: (typeof reports)[number]) => {
    await until('the report to be taken', async () => {
      return (await client.report(tokens[report.bot] ?? '', report.events)).status === 202;
    });
  };
  for (const report of reports.slice(0, REPORTS)) await send(first.client, report);

  const target = join(folder, 'kept', 'backup');
  let isMade = false;
  const backup = first.run('backup', target, '--json').finally(() => {
    isMade = true;
  });
  for (const report of reports.slice(REPORTS)) {
    if (!isMade) await send(first.client, report);
  }
  expect(await backup).toMatchObject({ exitCode: 0, stderr: '' });
  expect(JSON.parse((await backup).stdout)).toMatchObject({ folder: target });
  await first.hookpulse.stop('SIGKILL');

  const settings = { DATA_DIR: join(folder, 'second') };
  expect(await runCommand(['restore', target], settings)).toMatchObject({ exitCode: 0 });
  const second = await start('second');
  expect(second.adminToken).toBe(first.adminToken);
  const counted = async () => {
    const { summary } = await second.client.fleetHealth();
    return Number(summary.total_events_last_15min);
  };
  await until(
    'what was acknowledged before',
    async () => (await counted()) >= REPORTS * EVENTS_A_REPORT,
  );
  for (const report of reports) await send(second.client, report);
  const all = reports.length * EVENTS_A_REPORT;
  await until('all to be counted', async () => (await counted()) >= all);
  expect(await counted()).toBe(all);
  const { stdout } = await second.run('doctor', '--reconcile', '--json');
  const { reconciliation } = JSON.parse(stdout) as { reconciliation: Reconciliation };
  expect(reconciliation).toMatchObject({ status: 'agrees', differences: [] });
});

test('a restore never writes over what is there, and one that was interrupted is repeated', async () => {
  const first = await start('first');
  await first.client.registerBot('kept-bot');
  const target = join(folder, 'backup');
  expect(await first.run('backup', target)).toMatchObject({ exitCode: 0 });
  const again = await first.run('backup', target);
  expect(again).toMatchObject({ exitCode: 1 });
  expect(again.stderr).toContain('exists already');
  await first.hookpulse.stop('SIGTERM');

  const restore = (from: string, dataDir: string) =>
    runCommand(['restore', from], { DATA_DIR: dataDir });
  const used = await restore(target, join(folder, 'first'));
  expect(used).toMatchObject({ exitCode: 1 });
  expect(used.stderr).toContain('in use already');
  // Engines on other machines may need its key.
  const keyed = join(folder, 'keyed');
  await mkdir(keyed);
  await writeFile(join(keyed, 'secrets-key'), 'mine');
  expect((await restore(target, keyed)).stderr).toContain('in use already');
  expect(await readFile(join(keyed, 'secrets-key'), 'utf8')).toBe('mine');
  const none = await restore(folder, join(folder, 'other'));
  expect(none.stderr).toContain('is not a backup');
  expect(existsSync(join(folder, 'other'))).toBe(false);

  const half = join(folder, 'half');
  await mkdir(join(half, 'chdb'), { recursive: true });
  await writeFile(join(half, 'restore-unfinished'), '');
  await writeFile(join(half, 'log.db'), 'half of it');
  const refused = await runHookpulse(half);
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(refused.output).toContain('npx hookpulse restore');
  expect(await restore(target, half)).toMatchObject({ exitCode: 0 });
  const second = await start('half');
  await until('the bot', async () => {
    const { bots } = await second.client.fleetHealth();
    return bots.some(({ bot_id }) => bot_id === 'kept-bot');
  });
});
