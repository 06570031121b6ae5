/** Commands that change something, and what they ask before: in this process, with a terminal of the test. */
import { runCommandLine } from '@hookpulse/cli/command-line';
import type { Terminal } from '@hookpulse/cli/terminal';
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

/** @param answers - to the questions that are asked; null: there is no terminal to ask in */
async function run(args: readonly string[], answers: readonly boolean[] | null = null) {
  const [printed, warned, asked]: [string[], string[], string[]] = [[], [], []];
  const terminal: Terminal = {
    print: (text) => printed.push(text),
    warn: (text) => warned.push(text),
    style: (_style, text) => text,
    isInteractive: answers !== null,
    confirm: async (question) => answers?.[asked.push(question) - 1] ?? false,
    askSecret: async () => null,
    readInput: async () => '',
    onInterrupt: () => () => undefined,
  };
  const access = ['--url', url, '--token', TEST_TOKENS.admin];
  const exitCode = await runCommandLine([...args, ...access], { terminal, env: {}, nowMs: NOW_MS });
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
