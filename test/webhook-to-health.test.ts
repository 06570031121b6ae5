/** The first slice of the whole, as a user goes through it: from a Telegram update to a health answer. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient, type RegisteredBot, type Span } from './support/hookpulse-client.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';
import { sampleUpdates } from './support/sample-updates.ts';

describeOnEachDeployment('from an update to a health answer', (deployment) => {
  let dataDir: string;
  let hookpulse: RunningHookpulse;
  let client: HookpulseClient;
  let bot: RegisteredBot;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-e2e-'));
    hookpulse = await deployment.start(dataDir);
    const adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    client = new HookpulseClient(hookpulse.urls, adminToken);
    bot = await client.registerBot('orders');
  });

  afterAll(async () => {
    await hookpulse?.stop('SIGTERM'); // there is none when it did not start
    await rm(dataDir, { recursive: true, force: true });
  });

  test('the first start says where the admin token is and keeps it for its owner alone', async () => {
    const path = join(dataDir, 'admin-token');
    expect(hookpulse.output()).toContain(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test.each(['ingest', 'queryApi', 'aggregator', 'alerter'] as const)(
    '%s is ready',
    async (name) => {
      const response = await fetch(`${hookpulse.urls[name]}/readyz`);
      expect(response.status).toBe(200);
    },
  );

  test('deliveries and reports show in both health answers, each counted as the contract says', async () => {
    for (const update of sampleUpdates()) {
      const response = await client.deliver('orders', bot.secret, update);
      expect([response.status, await response.text()]).toEqual([200, '{}']);
    }
    const [update] = sampleUpdates();
    if (!update) throw new Error('no samples');
    expect((await client.deliver('orders', 'wrong', update)).status).toBe(401);
    expect((await client.deliver('orders', null, update)).status).toBe(401);
    const reports = [
      ...[40, 41, 42, 43].map((processing_time_ms) => ({
        bot_id: 'orders',
        event_type: 'processed',
        processing_time_ms,
      })),
      {
        bot_id: 'orders',
        event_type: 'error',
        error_type: 'ValueError',
        error_message: 'no such order',
        processing_time_ms: 100,
      },
      { bot_id: 'orders', event_type: 'response_sent', response_time_ms: 12.5 },
      { bot_id: 'orders', event_type: 'retry' },
    ];
    const reported = await client.report(bot.reportToken, reports);
    expect([reported.status, await reported.json()]).toEqual([202, { accepted: 7, rejected: [] }]);

    const expected = {
      events: 8,
      errors: 3,
      error_rate: '37.5%',
      requests_received: 8,
      requests_processed: 4,
      requests_failed: 3,
      responses_sent: 1,
      retries: 1,
      signature_validation_failures: 2,
      timeout_errors: 0,
      processing_errors: 1,
      avg_processing_time_ms: 53.2,
      p50_processing_time_ms: 42,
      p95_processing_time_ms: 100,
      p99_processing_time_ms: 100,
      avg_response_time_ms: 12.5,
    };
    const health = await until('all events to be visible', async () => {
      const answer = await client.botHealth('orders');
      return (
        answer.last_15_minutes.retries === 1 && sumOf(answer.hourly, 'retries') === 1 && answer
      );
    });
    expect(health).toMatchObject({
      bot_id: 'orders',
      bot_name: 'Bot orders',
      delivery_mode: 'webhook',
      status: 'unhealthy',
      last_15_minutes: expected,
      alerts: [],
      webhook_registered: true,
    });
    // One hour, or two when the test ran across the full hour.
    expect(sumOf(health.hourly, 'requests_received')).toBe(8);
    expect(sumOf(health.hourly, 'requests_failed')).toBe(3);
    if (health.hourly.length === 1) {
      expect(health.current_hour).toEqual(expected);
      expect(health.hourly[0]).toMatchObject(expected);
    }

    const fleet = await client.fleetHealth();
    expect(fleet).toMatchObject({
      status: 'unhealthy',
      summary: {
        webhook_bots_count: 1,
        total_events_last_15min: 8,
        total_errors_last_15min: 3,
        overall_error_rate: '37.5%',
      },
      bots: [
        {
          bot_id: 'orders',
          bot_name: 'Bot orders',
          status: 'unhealthy',
          events_last_15min: 8,
          errors_last_15min: 3,
          error_rate: '37.5%',
          avg_processing_time_ms: 53.2,
        },
      ],
    });
  });

  test('an update that Telegram delivers again counts once', async () => {
    const again = await client.registerBot('again');
    const [update] = sampleUpdates();
    if (!update) throw new Error('no samples');
    for (let n = 0; n < 3; n += 1) {
      expect((await client.deliver('again', again.secret, update)).status).toBe(200);
    }
    const next = { ...update, update_id: update.update_id + 1 };
    await client.deliver('again', again.secret, next);
    const seen = await until('both updates', async () => {
      const { last_15_minutes } = await client.botHealth('again');
      return last_15_minutes.requests_received >= 2 && last_15_minutes.requests_received;
    });
    expect(seen).toBe(2);
  });

  test('SIGTERM drains and exits 0', async () => {
    expect(await hookpulse.stop('SIGTERM')).toBe(0);
  });
});

function sumOf(spans: readonly Span[], column: string): number {
  return spans.reduce((sum, span) => sum + Number(span[column]), 0);
}
