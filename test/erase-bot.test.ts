/** A bot that is removed with its history: what is left of it, and what becomes of one of the same id. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCommand, settingsFor } from './support/command-line.ts';
import { describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient } from './support/hookpulse-client.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';

const EVENTS = 20;

describeOnEachDeployment('erasing a bot', (deployment) => {
  let dataDir: string;
  let hookpulse: RunningHookpulse;
  let adminToken: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-erase-'));
    await start();
    adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
  });
  afterAll(async () => {
    await hookpulse?.stop('SIGTERM'); // there is none when it did not start
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    hookpulse = await deployment.start(dataDir, { WEBHOOK_PROCESSING_TIMEOUT: '3600' });
  }
  const client = () => new HookpulseClient(hookpulse.urls, adminToken);
  const run = (...args: string[]) =>
    runCommand(args, {
      ...settingsFor(hookpulse.urls, dataDir),
      ...deployment.engineSettings(),
      ADMIN_TOKEN: adminToken,
    });

  async function get<Answer>(path: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${adminToken}` };
    const response = await fetch(`${hookpulse.urls.queryApi}${path}`, { headers });
    return (await response.json()) as Answer;
  }

  /** Registers a bot and has it report errors. */
  async function fail(botId: string, errors: number): Promise<void> {
    const bot = await client().registerBot(botId);
    const error = { bot_id: botId, event_type: 'error', error_type: 'ValueError' };
    await until('ingest to know the bot', async () => {
      const answer = await client().report(bot.reportToken, Array(errors).fill(error));
      return answer.status === 202;
    });
  }

  /** How much there is: events, errors of all its hours, alerts. */
  async function found(botId: string): Promise<readonly number[]> {
    const { events } = await get<{ events: unknown[] }>(`/api/events?bot_id=${botId}&limit=1000`);
    const { metrics } = await get<{ metrics: { requests_failed: number }[] }>(
      `/api/metrics/hourly?bot_id=${botId}`,
    );
    const { alerts } = await get<{ alerts: unknown[] }>(`/api/alerts?bot_id=${botId}`);
    const errors = metrics.reduce((sum, row) => sum + row.requests_failed, 0);
    return [events.length, errors, alerts.length];
  }
  const untilFound = (botId: string, expected: readonly number[]) =>
    until(`${botId}: ${expected}`, async () => `${await found(botId)}` === `${expected}`);

  test('leaves nothing of it, and all of the others', async () => {
    await fail('erased', EVENTS);
    await fail('kept', EVENTS);
    await untilFound('erased', [EVENTS, EVENTS, 1]);
    await untilFound('kept', [EVENTS, EVENTS, 1]);

    const asked = await run('bot', 'remove', 'erased', '--erase');
    expect(asked).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('--yes') });
    const erased = await run('bot', 'remove', 'erased', '--erase', '--yes', '--json');
    expect(erased).toMatchObject({ exitCode: 0, stderr: '' });
    const hourly_rows = expect.any(Number);
    expect(JSON.parse(erased.stdout)).toEqual({
      removed: 'erased',
      erased: {
        ...{ bot_id: 'erased', raw_events: EVENTS, hourly_rows, alerts: 1 },
        ...{ silences: 0, audit_entries: 1, mails: expect.any(Number) },
        remains: expect.arrayContaining([
          { what: expect.stringContaining('webhook.events'), until: expect.any(String) },
        ]),
      },
    });
    expect(await found('erased')).toEqual([0, 0, 0]);
    expect(await found('kept')).toEqual([EVENTS, EVENTS, 1]);
    const again = await run('bot', 'remove', 'erased', '--erase', '--yes');
    expect(again.stderr).toContain('There is no bot');
  });

  test('a bot of the same id begins anew, also after a crash', async () => {
    await fail('erased', 1);
    // Of alerts nothing is said: they are judged by the log, which has the window before yet.
    const untilOne = () =>
      until('one event', async () => `${(await found('erased')).slice(0, 2)}` === '1,1');
    await untilOne();
    await hookpulse.stop('SIGKILL');
    await start();
    await untilOne();
    const { last_15_minutes } = await client().botHealth('erased');
    expect(last_15_minutes).toMatchObject({ requests_failed: 1 });
  });

  test('what was removed before can be erased later', async () => {
    expect((await run('bot', 'remove', 'kept')).exitCode).toBe(0);
    expect((await found('kept'))[0]).toBe(EVENTS);
    const erased = await run('bot', 'remove', 'kept', '--erase', '--yes');
    expect(erased.stdout).toMatch(
      /^✓ kept is removed, and its history erased: 20 raw events, \d hourly rows?, 1 alert\n {2}Still stored until /,
    );
    expect(await found('kept')).toEqual([0, 0, 0]);
  });
});
