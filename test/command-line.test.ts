/** The command line against a running Hookpulse: what operators type, and what they get to read. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { until } from '@hookpulse/common/testing/until';
import type { RebuildStatus } from '@hookpulse/common/windows/rebuild';
import type { Reconciliation } from '@hookpulse/common/windows/reconciliation';
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { openTestQueryApi, TEST_TOKENS } from '@hookpulse/query-api/testing/open-test-query-api';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCommand, settingsFor, startCommand } from './support/command-line.ts';
import { type Deployment, describeOnEachDeployment } from './support/deployments.ts';
import { HookpulseClient } from './support/hookpulse-client.ts';
import type { RunningHookpulse } from './support/hookpulse-process.ts';
import { WarmCommandLine } from './support/warm-command-line.ts';

const UPDATES = 20;
const PATIENCE_MS = 120_000;
const BOT = 'counted';
/** Not of the bots that other tests have left. */
const OF_COUNTED = `SELECT * FROM webhook_metrics FINAL WHERE bot_id = '${BOT}'`;

let commandLine: WarmCommandLine;

beforeAll(() => {
  commandLine = new WarmCommandLine();
});
afterAll(() => commandLine.close());

describeOnEachDeployment('the command line', (deployment) => {
  let system: System;

  beforeAll(async () => {
    system = await System.start(deployment);
  });
  afterAll(() => system?.remove());

  const run = (...args: string[]) => commandLine.run(args, system.settings());
  /** As an operator does, in a process of its own. */
  const runAlone = (...args: string[]) => runCommand(args, system.settings());

  test('registers, lists and removes bots', async () => {
    const args = ['bot', 'add', 'A bot', '--id', 'a', '--secret', 'sesame', '--json'];
    const added = await runAlone(...args);
    expect(added).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(added.stdout)).toMatchObject({ bot_id: 'a', webhook_secret: 'sesame' });
    const twice = await run('bot', 'add', 'A bot', '--id', 'a');
    expect(twice).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'hookpulse: A bot with the bot_id a already exists.\n',
    });
    expect((await run('bot', 'add', 'B bot', '--id', 'b', '--disabled')).stdout).toContain(
      '✓ B bot',
    );
    const { stdout } = await run('bot', 'list');
    expect(stdout).toMatch(/^a +A bot +enabled +\S+\nb +B bot +disabled +\S+\n$/m);
    expect((await run('bot', 'remove', 'b')).exitCode).toBe(0);
    expect((await run('bot', 'remove', 'b')).stderr).toContain('There is no bot');
    const { bots } = JSON.parse((await run('bot', 'list', '--json')).stdout) as { bots: unknown[] };
    expect(bots).toHaveLength(1);
  });

  test('creates, lists and revokes tokens', async () => {
    await run('bot', 'add', 'Seen', '--id', 'seen');
    const created = await run('token', 'create', 'Grafana', '--bot', 'seen', '--expires', '90d');
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const token = /token +(hp_[\w-]{43})\n/.exec(created.stdout)?.[1] ?? '';
    const bots = async () => await run('bot', 'list', '--json', '--token', token);
    await until('every process to know it', async () => (await bots()).exitCode === 0);
    expect(JSON.parse((await bots()).stdout)).toMatchObject({ bots: [{ bot_id: 'seen' }] });
    expect((await run('bot', 'add', 'No', '--token', token)).stderr).toContain('scope read');
    const { stdout } = await run('token', 'list');
    expect(stdout).toMatch(/^\S+ +Grafana +read +seen +\d{4}-\d\d-\d\d \d\d:\d\d +\S/m);
    expect(stdout).not.toContain('hp_');
    expect((await run('token', 'revoke', 'Grafana')).stderr).toContain('--yes');
    expect((await run('token', 'revoke', 'nothing', '--yes')).stderr).toContain(
      'Unknown token nothing.',
    );
    const revoked = await run('token', 'revoke', 'Grafana', '--yes');
    expect(revoked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('✓ Grafana') });
    expect((await bots()).stderr).toContain('refuses this token');
    expect((await run('token', 'list')).stdout).toContain('No named tokens yet');
  });

  test('tails what arrives, of what it is asked for', async () => {
    await run('bot', 'add', 'Tailed', '--id', 'tailed', '--secret', 'sesame');
    const all = startCommand(['tail', '--json'], system.settings());
    const wrong = startCommand(['tail', '--status', 'failed'], system.settings());
    const client = system.client();
    // That a tail is connected is told by an event that it shows.
    let updateId = 0;
    await until('both to show one', async () => {
      updateId += 1;
      for (const secret of ['sesame', 'wrong']) {
        const update = { update_id: updateId, message: { message_id: 1 } };
        const response = await client.deliver('tailed', secret, update);
        await response.body?.cancel();
      }
      return all.stdout() !== '' && wrong.stdout() !== '';
    });
    expect(JSON.parse(all.stdout().split('\n')[0] ?? '')).toMatchObject({ bot_id: 'tailed' });
    expect(wrong.stdout()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}tailed {12}received {7}failed {3}InvalidSignature/,
    );
    expect(wrong.stdout()).not.toContain('success');
    expect(wrong.stdout()).not.toContain('\x1b');
    expect(await Promise.all([all.interrupt(), wrong.interrupt()])).toEqual([0, 0]);
    expect(all.stderr()).toBe('');
  });

  test('shows what fails by group, resolves it, and notes a deployment', async () => {
    await run('bot', 'add', 'Failing', '--id', 'failing', '--secret', 'sesame');
    const client = system.client();
    await until('the bot to be known to ingest', async () => {
      const response = await client.deliver('failing', 'wrong', { update_id: 1, message: {} });
      await response.body?.cancel();
      return response.status === 401 || response.status === 403;
    });
    const groups = async () => {
      const { stdout } = await run('errors', '--bot', 'failing', '--json');
      return JSON.parse(stdout).groups as { fingerprint: string; state: string; count: number }[];
    };
    await until('the failure to be stored', async () => (await groups()).length === 1);
    const [group] = await groups();
    const fingerprint = group?.fingerprint ?? '';
    const listed = await run('errors', '--bot', 'failing');
    expect(listed.stdout).toMatch(
      new RegExp(`^${fingerprint} +new +\\d+ +100\\.0% .* 1 +InvalidSignature$`, 'm'),
    );
    expect(listed.stdout).not.toContain('\x1b');
    expect((await run('errors', 'show', fingerprint)).stdout).toMatch(/^InvalidSignature\n/);
    expect((await run('errors', 'show', 'nothing')).stderr).toContain('16 hexadecimal digits');
    // A day up to then, and not from a day ago on.
    expect((await run('errors', '--to', '2d')).stdout).toMatch(/^No errors from .* to .* \(UTC\)/);
    const resolved = await run('errors', 'resolve', fingerprint, '--json');
    expect(JSON.parse(resolved.stdout)).toMatchObject({ state: 'resolved' });
    const ignored = await run('errors', 'ignore', fingerprint, '--until', '24h');
    expect(ignored.stdout).toMatch(
      /state +ignored by ADMIN_TOKEN until \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)\n/,
    );
    expect(await groups()).toMatchObject([{ state: 'ignored' }]);
    expect((await run('errors', 'reopen', fingerprint)).stdout).toMatch(/state +new\n/);
    const noted = await run('annotate', 'v2.3', '--bot', 'failing', '--json');
    expect(JSON.parse(noted.stdout)).toMatchObject({ text: 'v2.3', bot_id: 'failing' });
    expect((await run('annotate', 'v2.4', '--bot', 'nobody')).stderr).toContain('There is no bot');
    const restarted = await run('annotate', 'started', '--bot', 'failing', '--restart', '--json');
    expect(JSON.parse(restarted.stdout)).toMatchObject({ kind: 'restart', bot_id: 'failing' });
  });

  test('shows which alerts fire and why, with what was noted before', async () => {
    expect(await run('alerts', '--bot', 'quiet')).toMatchObject({
      exitCode: 0,
      stdout: 'No firing alerts.\n',
    });
    await run('bot', 'add', 'Guessed', '--id', 'guessed', '--secret', 'sesame');
    await run('annotate', 'v3.1', '--bot', 'guessed');
    const client = system.client();
    let updateId = 0;
    const shown = await until('the alert', async () => {
      updateId += 1;
      const response = await client.deliver('guessed', 'wrong', { update_id: updateId });
      await response.body?.cancel();
      const { stdout } = await run('alerts', '--bot', 'guessed', '--rule', 'signature_failures');
      return stdout.includes('firing since') && stdout;
    });
    expect(shown).toMatch(
      /^signature_failures: Guessed\n {2}bot +guessed\n {2}state +firing since /,
    );
    expect(shown).toMatch(/^ {2}reason +Security alert for bot Guessed: /m);
    expect(shown).toMatch(/^ {2}before +v3\.1, \d{4}-\d\d-\d\d \d\d:\d\d \(UTC\)$/m);
    expect(shown).not.toContain('\x1b');
    const json = await run('alerts', '--bot', 'guessed', '--json');
    expect(JSON.parse(json.stdout).alerts).toContainEqual(
      expect.objectContaining({ rule: 'signature_failures', state: 'firing' }),
    );
    expect((await run('alerts', '--state', 'over')).stderr).toContain('firing, resolved');
  });

  test('the doctor finds all well, and says where each setting is from', async () => {
    const { exitCode, stdout, stderr } = await runAlone('doctor');
    expect(stderr).toBe('');
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/ DATA_DIR +\S+ +environment\n/);
    expect(stdout).toMatch(/ HOST +127\.0\.0\.1 +default\n/);
    for (const name of ['ingest', 'aggregator', 'alerter', 'forwarder', 'query API']) {
      expect(stdout).toMatch(new RegExp(`✓ +${name} +ready at http://127\\.0\\.0\\.1:\\d+\n`));
    }
    expect(stdout).not.toContain('✗');
    expect(exitCode).toBe(0);
    const json = JSON.parse((await run('doctor', '--json')).stdout);
    expect(json).toMatchObject({ status: 'ok', configuration: { problems: [] } });
  });

  test('the doctor asks engines that others share itself', async () => {
    const { stdout } = await run('doctor');
    if (Object.keys(deployment.engineSettings()).length === 0) {
      expect(stdout).toMatch(/– +store +embedded/);
      return;
    }
    expect(stdout).toMatch(/✓ +topic webhook\.events +12 partitions, 1 replicas, 1 in sync\n/);
    expect(stdout).toMatch(/✓ +lag of the aggregator +\d+ messages of webhook\.events/);
    expect(stdout).toMatch(/✓ +store +ClickHouse \d+\S+, database \S+\n/);
    expect(stdout).toMatch(/✓ +migrations +\d+ applied\n/);
  });

  test('reconciliation agrees, says what was tampered with, and agrees after a rebuild', async () => {
    await run('bot', 'add', 'Counted', '--id', BOT, '--secret', 'sesame');
    await system.deliver(1, UPDATES);
    const agreed = await run('doctor', '--reconcile', '--json');
    expect(agreed.exitCode).toBe(0);
    expect(reconciliationOf(agreed.stdout)).toMatchObject({ status: 'agrees', differences: [] });

    await system.stopAndTamper(async (store) => {
      const command = (query: string) => store.command({ query });
      await command(
        `INSERT INTO webhook_metrics SELECT * REPLACE (requests_received + 7 AS requests_received)
         FROM (${OF_COUNTED})`,
      );
      await command(
        `INSERT INTO webhook_metrics SELECT * REPLACE ('ghost' AS bot_id) FROM (${OF_COUNTED})`,
      );
    });
    const differing = await run('doctor', '--reconcile', '--json');
    expect(differing.exitCode).toBe(1);
    const { differences } = reconciliationOf(differing.stdout);
    expect(new Set(differences.map(({ bot_id, kind }) => `${bot_id} ${kind}`))).toEqual(
      new Set([`${BOT} counts`, 'ghost no_raw_events']),
    );
    expect(differences[0]?.counts).toEqual([
      { name: 'requests_received', windows: expect.any(Number), raw: expect.any(Number) },
    ]);
    const shown = await run('doctor', '--reconcile');
    expect(shown.exitCode).toBe(1);
    expect(shown.stdout).toMatch(/ counted +differs +requests_received +\d+ +\d+\n/);
    expect(shown.stdout).toMatch(/ ghost +no raw events +requests_received +\d+ +0\n/);
    // A service that a busy machine keeps waiting is a finding of the doctor's, too.
    const findsNothing = async (...options: string[]) => {
      const { exitCode, stdout } = await run('doctor', '--reconcile', ...options);
      if (exitCode !== 0) throw new Error(stdout);
      return true;
    };
    const nobody = () => findsNothing('--bot', 'nobody');
    await until('the doctor to find nothing', nobody, PATIENCE_MS);

    const wouldBe = await run('rebuild', '--from', '2h', '--dry-run', '--json');
    expect(statusOf(wouldBe.stdout)).toMatchObject({ status: 'done', dry_run: true });
    expect(statusOf(wouldBe.stdout).hours_changed).toBe(differences.length);

    const delivering = system.deliver(UPDATES + 1, 10 * UPDATES);
    const rebuilt = await runAlone('rebuild', '--from', '2h', '--json');
    await delivering;
    expect(rebuilt).toMatchObject({ exitCode: 0, stderr: '' });
    expect(statusOf(rebuilt.stdout)).toMatchObject({ status: 'done', partitions_done: 12 });
    expect(statusOf(rebuilt.stdout).changes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          bot_id: BOT,
          kind: 'changed',
          values: expect.arrayContaining([expect.objectContaining({ name: 'requests_received' })]),
        }),
        expect.objectContaining({ bot_id: 'ghost', kind: 'deleted' }),
      ]),
    );
    await until('the doctor to find nothing', () => findsNothing(), PATIENCE_MS);
    const again = await run('rebuild', '--from', '2h', '--bot', BOT);
    expect(again.stdout).toMatch(/✓ 0 of \d hours of bots changed; \d+ raw events were counted\n$/);
    const { hourly } = await system.client().botHealth(BOT);
    expect(hourly.reduce((sum, hour) => sum + hour.requests_received, 0)).toBe(10 * UPDATES);
  });

  test.each([
    [['--from', '30d'], /^hookpulse: Raw events before \S+ are past the retention/],
    [['--from', '1h', '--to', '2h'], /^hookpulse: from must be before to/],
    [['--from', 'yesterday'], /^hookpulse: --from must be ISO 8601 in UTC/],
    [[], /^error: required option '--from <time>' not specified/],
    [['--from', '1h', '--bot', 'a b'], /bot_id must be 1 to 64 of/],
    [['--from', '1h', '--token', 'wrong'], /refuses this token/],
  ])('rebuild %j is refused in one sentence', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await run('rebuild', ...args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('a load is accepted and counted, each update once, with bots that are made and removed', async () => {
    const shape = ['--bots', '3', '--rate', '100', '--duration', '2s', '--seed', '1'];
    const shares = ['--duplicates', '20%', '--error-share', '0.1', '--silent-bot'];
    const first = await runAlone('load', ...shape, ...shares, '--json');
    const figures = JSON.parse(first.stdout) as { duplicates: number };
    expect(figures).toMatchObject({
      status: 'ok',
      deliveries: { accepted: 200 + figures.duplicates, refused: {}, unanswered: 0 },
      counted: 200,
      lost: 0,
    });
    expect(figures.duplicates).toBeGreaterThan(10);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });

    const again = await run('load', ...shape);
    expect(again.stdout).toMatch(/^✓ everything was accepted and counted once\n/);
    const elsewhere = system.settings().QUERY_API_PORT;
    const refused = await run('load', ...shape, '--ingest-url', `http://127.0.0.1:${elsewhere}`);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(/ 0 of 20\d accepted +20\d × 404\n/);

    expect(await run('load', '--remove')).toMatchObject({ exitCode: 1, stdout: '' });
    expect((await run('load', '--remove', '--yes')).stdout).toBe('✓ 3 bots were removed\n');
  });

  test('Ctrl-C ends a load with what became of it', async () => {
    const begun = until('the load to begin', async () => {
      const { bots } = await system.client().fleetHealth();
      return bots.some((bot) => bot.bot_id === 'load-0001' && Number(bot.events_last_15min) > 0);
    });
    const args = ['load', '--bots', '1', '--rate', '50', '--duration', '1h', '--json'];
    const { exitCode, stdout } = await runCommand(args, system.settings(), tmpdir(), begun);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'ok', interrupted: true, lost: 0 });
    expect(exitCode).toBe(0);
  });
});

function reconciliationOf(stdout: string): Reconciliation {
  return (JSON.parse(stdout) as { reconciliation: Reconciliation }).reconciliation;
}

function statusOf(stdout: string): RebuildStatus {
  return JSON.parse(stdout) as RebuildStatus;
}

/** A Hookpulse whose store can be tampered with while it does not run. */
class System {
  readonly #deployment: Deployment;
  readonly #dataDir: string;
  #running: RunningHookpulse;

  private constructor(deployment: Deployment, dataDir: string, running: RunningHookpulse) {
    this.#deployment = deployment;
    this.#dataDir = dataDir;
    this.#running = running;
  }

  static async start(deployment: Deployment): Promise<System> {
    const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-cli-'));
    return new System(deployment, dataDir, await deployment.start(dataDir));
  }

  settings(): Record<string, string> {
    return {
      ...settingsFor(this.#running.urls, this.#dataDir),
      ...this.#deployment.engineSettings(),
    };
  }

  client(): HookpulseClient {
    return new HookpulseClient(this.#running.urls, this.#token);
  }

  #token = '';

  /** Delivers the updates, and waits until they are counted. */
  async deliver(from: number, to: number): Promise<void> {
    this.#token = (await readFile(join(this.#dataDir, 'admin-token'), 'utf8')).trim();
    const client = this.client();
    for (let updateId = from; updateId <= to; updateId += 1) {
      const update = { update_id: updateId, message: { message_id: updateId } };
      const response = await client.deliver(BOT, 'sesame', update);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
    await until('all to be counted', async () => {
      const { last_15_minutes } = await client.botHealth(BOT);
      return last_15_minutes.requests_received === to;
    });
  }

  async stopAndTamper(tamper: (store: ClickHouseClient) => Promise<void>): Promise<void> {
    await this.#running.stop('SIGTERM');
    const store = await this.#deployment.openStore(this.#dataDir);
    await tamper(store);
    await store.close();
    this.#running = await this.#deployment.start(this.#dataDir);
  }

  async remove(): Promise<void> {
    await this.#running.stop('SIGTERM');
    await rm(this.#dataDir, { recursive: true, force: true });
  }
}

test('tail goes on where it was when the query API is back', async () => {
  const api = await openTestQueryApi(Date.now());
  try {
    const app = api.openApp();
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    const tail = startCommand(['tail', '--json', '--url', url, '--token', TEST_TOKENS.read], {});
    const ids: string[] = [];
    const publish = async () => {
      const event = sampleEvent({ event_id: randomUUID() });
      ids.push(event.event_id);
      const message = { topic: EVENTS_TOPIC, key: event.bot_id, value: JSON.stringify(event) };
      await api.deps.log.publish([message]);
    };
    const shown = () => [...tail.stdout().matchAll(/"event_id":"([^"]+)"/g)].map(([, id]) => id);
    await until('the first to be shown', async () => {
      await publish();
      return shown().length > 0;
    });
    await app.close();
    await until('it to be said', () => tail.stderr().includes('reconnecting'));
    await publish();
    await api.openApp().listen({ host: '127.0.0.1', port: Number(new URL(url).port) });
    await publish();
    // Those from before it was connected are not its matter; from then on it has each of them once.
    await until('the last', () => shown().at(-1) === ids.at(-1));
    expect(shown()).toEqual(ids.slice(-shown().length));
    expect(tail.stderr()).toContain('reconnected; no events were missed');
    expect(await tail.interrupt()).toBe(0);
  } finally {
    await api.close();
  }
});

test('rebuild says when no aggregator answers', async () => {
  const api = await openTestQueryApi(Date.now());
  try {
    const url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
    const access = ['--url', url, '--token', TEST_TOKENS.admin];
    const args = ['rebuild', '--from', '2h', '--timeout', '0.5', ...access];
    const { exitCode, stderr } = await runCommand(args, {});
    expect(stderr).toMatch(
      /^hookpulse: no answer about partitions 0, 1, .* 11 for 0\.5 s\. Is an aggregator running\?/,
    );
    expect(exitCode).toBe(1);
  } finally {
    await api.close();
  }
});

describe('where nothing runs', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookpulse-cli-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Ports on which nothing listens: 1 to 5 are for other services, and nobody runs them. */
  const ports = {
    INGEST_PORT: '1',
    QUERY_API_PORT: '2',
    AGGREGATOR_PORT: '3',
    ALERTER_PORT: '4',
    FORWARDER_PORT: '5',
  };

  test('the doctor names everything that is wrong, and shows no secrets', async () => {
    const lines = ['LOG_LEVEL=loud', 'ADMIN_TOKEN=top-secret', 'SMTP_URL=smtp://me:hush@mail'];
    await writeFile(join(folder, '.env'), lines.join('\n'));
    const env = { ...ports, DATA_DIR: folder, WEBHOOK_ERROR_RATE_THRESHOLD: 'ten' };
    const { exitCode, stdout } = await runCommand(['doctor', '--reconcile'], env, folder);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('✗  configuration  LOG_LEVEL must be one of');
    expect(stdout).toContain('✗  configuration  WEBHOOK_ERROR_RATE_THRESHOLD must be a number');
    expect(stdout).toMatch(/ ADMIN_TOKEN +\*\*\* +\.env\n/);
    expect(stdout).toMatch(/ SMTP_URL +smtp:\/\/me:\*\*\*@mail +\.env\n/);
    expect(stdout).not.toMatch(/top-secret|hush/);
    expect(stdout).toMatch(/✗ +aggregator +http:\/\/127\.0\.0\.1:3 does not answer/);
    expect(stdout).toMatch(/✗ The query API does not answer at http:\/\/127\.0\.0\.1:2\./);
  });

  test.each([
    [['bot', 'list'], /^hookpulse: The query API does not answer at http:\/\/127\.0\.0\.1:2\./],
    [['rebuild', '--from', '2h'], /^hookpulse: The query API does not answer/],
    [['bot', 'list', '--url', 'nowhere'], /^hookpulse: --url must be a URL like/],
    [['tail'], /^hookpulse: The query API does not answer/],
    [['cure'], /^error: unknown command 'cure'/],
  ])('%j says what is wrong', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await commandLine.run(args, {
      ...ports,
      DATA_DIR: folder,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  test.each([
    [['--rate', '0'], /'0' is invalid. Must be a number above 0/],
    [['--error-share', '120%'], /'120%' is invalid. Must be a share from 0 to 1/],
    [['--duration', '5'], /'5' is invalid. Must be a time like 30s/],
    [['--faster'], /unknown option '--faster'/],
    [['--silent-bot', '--bots', '1'], /--silent-bot requires at least two bots/],
    [['--url', 'http://192.0.2.1:8081'], /is another machine, .* Use --yes/],
  ])('load %j is wrong usage', async (args, sentence) => {
    const { exitCode, stdout, stderr } = await commandLine.run(['load', ...args], {
      ...ports,
      DATA_DIR: folder,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(sentence);
  });

  test.each([[[]], [['doctor']], [['rebuild']], [['bot']], [['cleanup']], [['tail']], [['load']]])(
    '%j has --help',
    async (args) => {
      const { exitCode, stdout } = await commandLine.run([...args, '--help'], {});
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^Usage: hookpulse/);
    },
  );
});
