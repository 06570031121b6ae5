/** Alerts as people see them over HTTP, from the events that fire one until it is history. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scrape } from '@hookpulse/common/testing/scrape';
import { until } from '@hookpulse/common/testing/until';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient, type RegisteredBot } from './support/hookpulse-client.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';

const ENV = { ADMIN_EMAIL: 'ops@example.com' };

interface Alert {
  readonly alert_id: string;
  readonly state: string;
  readonly silence: { readonly created_by: string } | null;
  readonly mail: { readonly state: string; readonly receivers: readonly string[] };
  readonly transitions: readonly { readonly transition: string }[];
}

describeOnEachDeployment('alerts over HTTP', (deployment) => {
  let dataDir: string;
  let hookpulse: RunningHookpulse;
  let adminToken: string;
  let bot: RegisteredBot;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-alerts-'));
    hookpulse = await deployment.start(dataDir, ENV);
    adminToken = (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim();
    bot = await client().registerBot('failing');
  });
  afterAll(async () => {
    await hookpulse?.stop('SIGTERM'); // there is none when it did not start
    await rm(dataDir, { recursive: true, force: true });
  });

  const client = () => new HookpulseClient(hookpulse.urls, adminToken);

  async function send<Answer>(method: string, path: string, body?: object) {
    const response = await fetch(`${hookpulse.urls.queryApi}${path}`, {
      method,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  }

  async function alerts(query: string): Promise<readonly Alert[]> {
    const path = `/api/alerts?bot_id=failing&${query}`;
    return (await send<{ alerts: Alert[] }>('GET', path)).body.alerts;
  }

  /** Of a Hookpulse that was stopped. */
  async function storedTransitions(): Promise<string[]> {
    const store = await deployment.openStore(dataDir);
    try {
      const result = await store.query({
        query: 'SELECT transition FROM webhook_alerts FINAL ORDER BY sequence',
        format: 'JSONEachRow',
      });
      return (await result.json<{ transition: string }>()).map(({ transition }) => transition);
    } finally {
      await store.close();
    }
  }

  async function reportErrors(): Promise<void> {
    const errors = Array.from({ length: 20 }, () => ({
      bot_id: 'failing',
      event_type: 'error',
      error_type: 'ValueError',
    }));
    const answer = await client().report(bot.reportToken, errors);
    expect(answer.status).toBe(202);
  }

  test('a threshold that a bot overrides keeps its alert from firing, and firing it', async () => {
    const never = { alerts: { high_error_rate: { threshold: 1 } } };
    expect((await send('PATCH', '/api/bots/failing', never)).status).toBe(200);
    await reportErrors();
    await until('the errors', async () => {
      return (await client().botHealth('failing')).last_15_minutes.errors === 20;
    });
    expect(await alerts('state=firing')).toEqual([]);
    await send('PATCH', '/api/bots/failing', { alerts: null });
    await until('the alert', async () => (await alerts('state=firing'))[0]);
  });

  test('it shows with its mail, in the bot’s health, and in the history', async () => {
    const [fired] = await until('the mail', async () => {
      const found = await alerts('state=firing');
      return found[0]?.mail.state === 'accepted' && found;
    });
    expect(fired).toMatchObject({ mail: { receivers: ['ops@example.com'] }, silence: null });
    const { body } = await send<{ alerts: unknown[] }>('GET', '/api/health/webhook/failing');
    expect(body.alerts).toMatchObject([{ alert_id: fired?.alert_id, rule: 'high_error_rate' }]);
    expect((await alerts('')).map(({ alert_id }) => alert_id)).toEqual([fired?.alert_id]);
  });

  test('a silence shows with it, until it is ended', async () => {
    const silence = {
      bot_id: 'failing',
      reason: 'we know',
      created_by: 'Ada',
      duration_minutes: 5,
    };
    const { body } = await send<{ silence_id: string }>('POST', '/api/silences', silence);
    const [silenced] = await alerts('state=firing');
    expect(silenced?.silence).toMatchObject({ created_by: 'Ada' });
    await fetch(`${hookpulse.urls.queryApi}/api/silences/${body.silence_id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${adminToken}` },
    });
    expect((await alerts('state=firing'))[0]?.silence).toBeNull();
  });

  test('it is over when its bot is disabled, and still told of after a restart', async () => {
    await send('PATCH', '/api/bots/failing', { enabled: false });
    const [resolved] = await until('the end', async () => {
      const found = await alerts('state=resolved');
      return found.length > 0 && found;
    });
    expect(await alerts('state=firing')).toEqual([]);
    await until('the history to be stored', async () => {
      const { value } = await scrape(hookpulse.urls.aggregator);
      return value('hookpulse_alert_history_lag_messages') === 0;
    });
    expect(await hookpulse.stop('SIGTERM')).toBe(0);
    expect(await storedTransitions()).toEqual(['firing', 'resolved']);
    hookpulse = await deployment.start(dataDir, ENV);
    const [told, ...others] = await until('the history', async () => {
      const found = await alerts('');
      return found[0]?.transitions.length === 2 && found;
    });
    expect(others).toEqual([]);
    expect(told).toMatchObject({ alert_id: resolved?.alert_id, state: 'resolved' });
    expect(told?.transitions.map(({ transition }) => transition)).toEqual(['firing', 'resolved']);
  });
});
