/** Commands that change something, and what they ask before: in this process, with a terminal of the test. */
import { runCommandLine } from '@hookpulse/cli/command-line';
import type { Terminal } from '@hookpulse/cli/terminal';
import { UPDATES_TOPIC } from '@hookpulse/event-log/topics';
import {
  openTestQueryApi,
  TEST_TOKENS,
  type TestQueryApi,
} from '@hookpulse/query-api/testing/open-test-query-api';
import { testEvent } from '@hookpulse/query-api/testing/store-events';
import { storeRawEvents } from '@hookpulse/query-api/testing/store-raw-events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const NOW_MS = Date.parse('2026-02-10T20:00:00Z');

let api: TestQueryApi;
let url: string;
beforeAll(async () => {
  api = await openTestQueryApi(NOW_MS);
  url = await api.openApp().listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => api.close());

type Answer = boolean | (() => Promise<boolean>);

/**
 * @param answers - to the questions that are asked; null: there is no terminal to ask in
 * @param env - given: says where the API is, in place of `--url`
 */
async function run(
  args: readonly string[],
  answers: readonly Answer[] | null = null,
  env: Readonly<Record<string, string>> | null = null,
) {
  const [printed, warned, asked]: [string[], string[], string[]] = [[], [], []];
  const terminal: Terminal = {
    print: (text) => printed.push(text),
    warn: (text) => warned.push(text),
    style: (_style, text) => text,
    isInteractive: answers !== null,
    confirm: async (question) => {
      const answer = answers?.[asked.push(question) - 1] ?? false;
      return typeof answer === 'boolean' ? answer : answer();
    },
    askSecret: async () => null,
    readInput: async () => '',
    onInterrupt: () => () => undefined,
  };
  const access = [...(env ? [] : ['--url', url]), '--token', TEST_TOKENS.admin];
  const context = { terminal, env: env ?? {}, nowMs: NOW_MS };
  const exitCode = await runCommandLine([...args, ...access], context);
  return { exitCode, printed: printed.join('\n'), warned: warned.join('\n'), asked };
}
const json = (printed: string) => JSON.parse(printed);

describe('hookpulse bot', () => {
  beforeAll(() => run(['bot', 'add', 'Old', '--id', 'changed']));

  test('edit, enable and disable change a bot', async () => {
    const edited = await run(['bot', 'edit', 'changed', '--name', 'New']);
    expect(edited).toMatchObject({ exitCode: 0, printed: '✓ New (changed) has a new name' });
    const { printed } = await run(['bot', 'disable', 'changed', '--json']);
    expect(json(printed)).toMatchObject({ name: 'New', enabled: false });
    expect((await run(['bot', 'enable', 'changed'])).printed).toBe('✓ New (changed) is enabled');
    expect((await run(['bot', 'enable', 'nobody'])).warned).toContain('There is no bot');
  });

  test('rotate-secret and rotate-report-token show the new one, and until when the old one holds', async () => {
    const secret = await run(['bot', 'rotate-secret', 'changed', '--secret', 'sesame', '--json']);
    expect(json(secret.printed)).toMatchObject({
      webhook_secret: 'sesame',
      previous_valid_until: '2026-02-10T20:10:00.000Z',
    });
    const token = await run(['bot', 'rotate-report-token', 'changed', '--grace', '0']);
    expect(token.printed).toMatch(
      /^✓ changed has a new report token; the previous one is already refused\n +report token +\S{40,}\n/,
    );
    const wrong = await run(['bot', 'rotate-secret', 'changed', '--grace', 'long']);
    expect(wrong).toMatchObject({ exitCode: 1 });
    expect(wrong.warned).toContain('Must be a number of minutes from 0 to 1440.');
  });

  test('remove --erase asks twice, and without a terminal requires --yes', async () => {
    const erase = ['bot', 'remove', 'changed', '--erase'];
    expect((await run(erase)).warned).toContain('requires --yes');
    const once = await run(erase, [true, false]);
    expect(once).toMatchObject({ exitCode: 1, warned: 'hookpulse: nothing was done.' });
    expect(once.asked).toHaveLength(2);
    expect(api.registry.get('changed')).toBeDefined();
  });
});

describe('hookpulse bot, about forwarding', () => {
  const forwardUrl = 'https://bot.example.com/hook';
  beforeAll(() => run(['bot', 'add', 'Forwarded', '--id', 'forwarded']));

  test('edit sets where updates go, show tells it, and --no-forward ends it', async () => {
    const edit = ['bot', 'edit', 'forwarded'];
    const edited = await run([...edit, '--forward-url', forwardUrl, '--max-connections', '3']);
    expect(edited).toMatchObject({ exitCode: 0, printed: '✓ Forwarded (forwarded) is changed' });
    const shown = await run(['bot', 'show', 'forwarded']);
    expect(shown.printed).toMatch(/forward url +https:\/\/bot\.example\.com\/hook\n/);
    expect(shown.printed).toMatch(/connections +3 at most\n/);
    expect(json((await run(['bot', 'show', 'forwarded', '--json'])).printed).forward).toMatchObject(
      { url: forwardUrl, max_connections: 3, order: 'chat' },
    );
    expect((await run(edit)).warned).toContain('Say what to change');
    expect((await run([...edit, '--order', 'random'])).exitCode).toBe(1);
    expect((await run([...edit, '--no-forward', '--order', 'chat'])).warned).toContain('no other');
    expect((await run([...edit, '--no-forward'])).exitCode).toBe(0);
    expect((await run(['bot', 'status', 'forwarded'])).warned).toContain('are not forwarded');
    await run([...edit, '--forward-url', forwardUrl]);
  });

  test('status, pause and resume', async () => {
    const status = {
      state: 'failing',
      backlog: 12,
      oldest_at: new Date(NOW_MS - 61_000).toISOString(),
      in_flight: 1,
      next_attempt_at: null,
      last_failure: { at: '2026-02-10T19:59:00.000Z', error: 'status 502: bad' },
    };
    await api.forwarding.write([{ key: 'forwarded', value: JSON.stringify(status) }]);
    const { printed } = await run(['bot', 'status', 'forwarded']);
    expect(printed).toMatch(/state +failing\n +backlog +12 updates\n +oldest waits +61 s\n/);
    expect(printed).toContain('status 502: bad');
    const paused = await run(['bot', 'pause', 'forwarded']);
    expect(paused.printed).toBe('✓ Forwarding to forwarded is paused; 12 updates in the backlog');
    const shown = await run(['bot', 'status', 'forwarded', '--json']);
    expect(json(shown.printed)).toMatchObject({ state: 'paused', oldest_age_seconds: 61 });
    expect((await run(['bot', 'resume', 'forwarded'])).printed).toContain('goes on');
  });
});

describe('hookpulse replay', () => {
  beforeAll(async () => {
    await run(['bot', 'add', 'Again', '--id', 'again']);
    await run(['bot', 'edit', 'again', '--forward-url', 'https://bot.example.com/']);
    const at = new Date().toISOString();
    const update = '{"update_id":7,"message":{"text":"hi"}}';
    const value = `{"bot_id":"again","received_at":"${at}","update":${update}}`;
    await api.deps.log.publish([{ topic: UPDATES_TOPIC, key: 'again', value }]);
    const received = { bot_id: 'again', event_type: 'received', update_id: 7 } as const;
    await storeRawEvents(api.clickhouse, [testEvent(at, received)]);
  });
  const replay = ['replay', 'again', '--update', '7', '8'];

  test('says how many, asks, and delivers them again', async () => {
    expect((await run([...replay, '--dry-run'])).printed).toMatch(
      /^1 update of again would be delivered again\n {2}received \S+ to \S+; replay \S+$/,
    );
    const kept = await run(replay, [false]);
    expect(kept).toMatchObject({ exitCode: 1, asked: ['Deliver 1 update to again again?'] });
    expect((await run(replay)).warned).toContain('requires --yes');
    const done = await run([...replay, '--yes', '--json']);
    expect(json(done.printed)).toMatchObject({ updates: 1, dry_run: false, bot_id: 'again' });
    expect((await run(replay, [true])).printed).toMatch(
      /^✓ 1 update will be delivered to again again/,
    );
  });

  test('needs to know which', async () => {
    expect((await run(['replay', 'again', '--yes'])).warned).toContain('Say which updates');
    expect((await run(['replay', 'again', '--update', 'x'])).exitCode).toBe(1);
    expect((await run(['replay', 'nobody', '--from', '1h', '--yes'])).warned).toContain('no bot');
  });
});

describe('hookpulse cleanup', () => {
  beforeAll(() =>
    storeRawEvents(
      api.clickhouse,
      ['2026-02-01T12:00:00Z', '2026-02-04T12:00:00Z'].map((time) => testEvent(time)),
    ),
  );

  test('says what would go, asks, and says what went', async () => {
    const wouldGo = await run(['cleanup', '--days', '6', '--dry-run', '--json']);
    expect(json(wouldGo.printed)).toMatchObject({ dry_run: true, raw_events: 2 });
    const kept = await run(['cleanup'], [false]);
    expect(kept).toMatchObject({
      exitCode: 1,
      asked: ['Delete 1 raw event from before 2026-02-03 20:00 UTC?'],
    });
    expect(await run(['cleanup'], [true])).toMatchObject({
      exitCode: 0,
      printed: '✓ deleted: 1 raw event from before 2026-02-03 20:00 UTC',
    });
  });

  test('without a terminal requires --yes', async () => {
    expect((await run(['cleanup', '--days', '6'])).warned).toContain('requires --yes');
    const { printed } = await run(['cleanup', '--days', '6', '--yes', '--json']);
    expect(json(printed)).toMatchObject({ dry_run: false, raw_events: 1 });
    expect((await run(['cleanup', '--days', '0.5', '--yes'])).exitCode).toBe(1);
  });
});

describe('hookpulse status-page', () => {
  beforeAll(() => run(['bot', 'add', 'Seen', '--id', 'seen-by-all']));

  test('creates, changes, lists and deletes pages, and shows each link once', async () => {
    const made = await run(['status-page', 'create', 'seen', '--bot', 'seen-by-all']);
    expect(made.exitCode).toBe(0);
    const link = /secret link +(\S+\/status\/seen\?key=\S+)/.exec(made.printed)?.[1] ?? '';
    expect((await fetch(link)).status).toBe(200);
    const replaced = await run(['status-page', 'new-link', 'seen', '--json']);
    expect(json(replaced.printed).secret_path).toMatch(/^\/status\/seen\?key=/);
    expect((await fetch(link)).status).toBe(404);
    const edited = await run([
      'status-page',
      'edit',
      'seen',
      '--title',
      'Seen by all',
      '--visibility',
      'public',
    ]);
    expect(edited.printed).toMatch(/address +http:\S+\/status\/seen$/);
    const { printed } = await run(['status-page', 'list']);
    expect(printed).toMatch(/^seen +Seen by all +1 bot +public/m);
    expect((await run(['status-page', 'show', 'seen'])).printed).toMatch(/reasons +not shown/);
    expect((await run(['status-page', 'delete', 'seen'])).warned).toContain('--yes');
    expect(await run(['status-page', 'delete', 'seen'], [true])).toMatchObject({
      printed: '✓ seen was deleted',
      asked: ['Delete the status page seen?'],
    });
  });

  test('a page that changes while the question is asked is not deleted', async () => {
    await run(['status-page', 'create', 'kept', '--bot', 'seen-by-all']);
    const change = async () =>
      (await run(['status-page', 'edit', 'kept', '--title', 'Changed'])).exitCode === 0;
    const deleted = await run(['status-page', 'delete', 'kept'], [change]);
    expect(deleted).toMatchObject({ exitCode: 1, printed: '' });
    expect(deleted.warned).toContain('Someone else has changed it in the meantime.');
    expect((await run(['status-page', 'show', 'kept'])).printed).toMatch(/title +Changed/);
  });

  test('links lead to the public address, unless --url names another', async () => {
    const env = {
      QUERY_API_PORT: new URL(url).port,
      PUBLIC_URL: 'https://ops.example.com/hookpulse/',
    };
    const inPublic = 'https://ops.example.com/hookpulse/status/linked';
    const made = await run(['status-page', 'create', 'linked', '--bot', 'seen-by-all'], null, env);
    expect(made.printed).toContain(`${inPublic}?key=`);
    const replaced = await run(['status-page', 'new-link', 'linked'], null, env);
    expect(replaced.printed).toContain(`${inPublic}?key=`);
    const here = await run(['status-page', 'new-link', 'linked']);
    expect(here.printed).toContain(`${url}/status/linked?key=`);
    await run(['status-page', 'edit', 'linked', '--visibility', 'public']);
    const shown = await run(['status-page', 'show', 'linked'], null, env);
    expect(shown.printed).toMatch(
      /address +https:\/\/ops\.example\.com\/hookpulse\/status\/linked$/m,
    );
  });

  test('says what is missing or wrong', async () => {
    expect((await run(['status-page', 'create', 'x'])).warned).toContain('--bot');
    expect((await run(['status-page', 'edit', 'x'])).warned).toContain('Nothing to change');
    expect((await run(['status-page', 'show', 'x'])).warned).toContain('no status page');
    const unknown = await run(['status-page', 'create', 'x', '--bot', 'nobody']);
    expect(unknown.warned).toContain('There is no bot nobody');
  });
});
