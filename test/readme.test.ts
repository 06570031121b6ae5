/**
 * The README and the guides do what they say: lines with a mark run as they stand, and the table of
 * variables is the configuration.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@hookpulse/common/testing/until';
import { VARIABLES } from '@hookpulse/service-kit/config/variables';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from './kafka-broker/free-port.ts';
import { installIfAllowed, succeeds } from './setup/programs.ts';
import { type HookpulseProcess, startHookpulse } from './support/hookpulse-process.ts';

const ALERTS_GUIDE = 'docs/guides/alerts.md';
const COMMAND_LINE = join(import.meta.dirname, '..', 'packages', 'cli', 'bin', 'hookpulse.mjs');
const CONFIGURATION = readDocument('docs/guides/configuration.md');

let folder: string;
let hookpulse: HookpulseProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookpulse-readme-'));
  // The stand-in of Telegram is told the port before ingest listens.
  const env = { INGEST_PORT: String(await freePort()) };
  // As a user has it: the data folder is `./data` of where the commands are typed.
  hookpulse = await startHookpulse(join(folder, 'data'), env, { args: ['--demo'] });
});

afterAll(async () => {
  await hookpulse.stop('SIGTERM');
  await rm(folder, { recursive: true, force: true });
});

/** @param path - from the root of the repository */
function readDocument(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', path), 'utf8');
}

/** Runs the fenced lines below a mark of a document, and gives what they print. */
function runLines(document: string, mark: string): string {
  const pattern = new RegExp(`<!-- ${mark}:[^\\n]*-->\\n\`\`\`sh\\n([\\s\\S]*?)\`\`\``);
  const [, lines] = pattern.exec(readDocument(document)) ?? [];
  if (lines === undefined) throw new Error(`${document} has no lines marked ${mark}`);
  const script = lines
    .replaceAll('http://127.0.0.1:8080', hookpulse.urls.ingest)
    .replaceAll('http://127.0.0.1:8081', hookpulse.urls.queryApi)
    .replaceAll('npx hookpulse', `'${process.execPath}' '${COMMAND_LINE}'`);
  const { stdout, stderr, status } = spawnSync('bash', ['-eu', '-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH, QUERY_API_PORT: new URL(hookpulse.urls.queryApi).port },
    encoding: 'utf8',
    // Of a socket, as Node's pipes are, bash thinks that it comes from afar, and reads ~/.bashrc.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

interface Health {
  readonly last_15_minutes: {
    readonly requests_processed: number;
    readonly p99_processing_time_ms: number | null;
  };
}

async function healthOf(botId: string): Promise<Health> {
  const token = readFileSync(join(folder, 'data', 'admin-token'), 'utf8').trim();
  const response = await fetch(`${hookpulse.urls.queryApi}/api/health/webhook/${botId}/`, {
    headers: { authorization: `Bearer ${token}` },
  });
  return (await response.json()) as Health;
}

const withCurl = curlOrSkip();

withCurl('the quickstart runs as it stands, but for the ports', async () => {
  const printed = runLines('README.md', 'quickstart');
  expect(printed).toContain('✓ my_bot is under Hookpulse');
  const [, printedHealth = ''] = /^(\{.*\})$/m.exec(printed) ?? [];
  expect(JSON.parse(printedHealth)).toMatchObject({ delivery_mode: 'forward' });
  // The two seconds that the README waits are not enough on every machine that runs tests.
  await until('health shows the updates of the bot', async () => {
    const { last_15_minutes: shown } = await healthOf('my_bot');
    return shown.requests_processed > 0 && shown.p99_processing_time_ms !== null;
  });
});

withCurl('the lines about alerts run as they stand, after the quickstart', () => {
  expect(parseConcatenated(runLines(ALERTS_GUIDE, 'alerts'))).toEqual([
    { alerts: [], next_cursor: null },
    expect.objectContaining({ bot_id: 'my_bot', created_by: 'Ada', active: true }),
    expect.objectContaining({
      alerts: { receivers: ['oncall@example.com'], high_error_rate: { threshold: 0.3 } },
    }),
    expect.objectContaining({ overrides: { slow_processing: { limit_ms: 800 } } }),
  ]);
});

withCurl('the way back runs as it stands, after the quickstart', () => {
  expect(runLines('README.md', 'release')).toMatch(
    /✓ Telegram delivers to http:\/\/127\.0\.0\.1:\d+\/webhook\n/,
  );
});

/** Without curl the test is skipped, and says so; in CI that is a failure. */
function curlOrSkip() {
  const hasCurl = () => succeeds('curl', ['--version']);
  if (!hasCurl()) installIfAllowed(['curl'], 'the quickstart of the README needs');
  if (hasCurl()) return test;
  if (process.env.CI === 'true')
    throw new Error('the quickstart needs curl (apt-get install curl)');
  return (name: string, run: () => void) => test.skip(`${name} (skipped: there is no curl)`, run);
}

/** curl prints one JSON after the other, with nothing in between. */
function parseConcatenated(text: string): unknown[] {
  return JSON.parse(`[${text.trim().replaceAll(/\}\s*\{/g, '},{')}]`) as unknown[];
}

/** That follow from something else. */
const DEFAULTS_IN_WORDS: ReadonlyMap<string, string> = new Map([
  ['ADMIN_TOKEN', 'made at first start'],
  ['SECRETS_KEY', 'made at first start'],
  ['WEBHOOK_NO_TRAFFIC_SECONDS', 'the window'],
]);

test.each(Object.entries(VARIABLES))('the table has %s with its default', (name, { fallback }) => {
  const [, shown] = new RegExp(`^\\| \`${name}\` \\| ([^|]+) \\|`, 'm').exec(CONFIGURATION) ?? [];
  const inWords = DEFAULTS_IN_WORDS.get(name);
  if (inWords !== undefined) expect(shown).toBe(inWords);
  else if (fallback === null || Array.isArray(fallback)) expect(shown).toBe('none');
  else expect(shown).toBe(`\`${String(fallback)}\``);
});
