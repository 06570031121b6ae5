/**
 * `npm run smoke -- [--ingest-url …] [--url …] [--token …] [--json]`: sends one update through a running
 * Hookpulse as Telegram would, with a bot of its own that is removed afterwards, and waits for it in the
 * health answer. Exits with 0, or with 1 and the reason.
 */
import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { apiAccess } from '@hookpulse/cli/api/access';
import { originOf } from '@hookpulse/cli/api/address';
import { QueryApi } from '@hookpulse/cli/api/query-api';
import { CommandError } from '@hookpulse/cli/command-error';
import { readSettings } from '@hookpulse/cli/settings';
import { until } from '@hookpulse/common/testing/until';
import Type from 'typebox';
import { parseOptions } from './parse-options.ts';

/** The promise is 2 s; this is for telling "late" from "never". */
const TIMEOUT_MS = 15_000;

const CreatedBot = Type.Object({ webhook_path: Type.String(), webhook_secret: Type.String() });
const BotHealth = Type.Object({
  last_15_minutes: Type.Object({ requests_received: Type.Integer() }),
});

const USAGE = `npm run smoke -- [options]
  --ingest-url <url>   where ingest is (default: HOST and INGEST_PORT)
  --url <url>          where the query API is (default: HOST and QUERY_API_PORT)
  --token <token>      admin token (default: ADMIN_TOKEN, or the one in DATA_DIR/admin-token)
  --json               print JSON`;

const options = parseOptions(USAGE, {
  'ingest-url': { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean', default: false },
});

try {
  const visibleAfterMs = Math.round(await sendOneUpdate());
  if (options.json) console.log(JSON.stringify({ ok: true, visibleAfterMs }));
  else
    console.log(green(`✓ an update was in the health answer ${visibleAfterMs} ms after its 200`));
} catch (error) {
  const reason = reasonOf(error);
  if (options.json) console.log(JSON.stringify({ ok: false, reason }));
  else console.error(red(`✗ ${reason}`));
  process.exitCode = 1;
}

/** @returns how long after its 200 the update was counted. @throws Error with the reason */
async function sendOneUpdate(): Promise<number> {
  const { config } = readSettings(process.env);
  const api = new QueryApi(await apiAccess(options, config));
  const ingest = options['ingest-url'] ?? originOf('ingest', config.http);
  if (ingest === null)
    throw new CommandError('INGEST_PORT is 0. Pass the address with --ingest-url.');
  const botId = `smoke-${randomUUID()}`;
  const bot = await api.post('/api/bots', { bot_id: botId, name: 'Smoke test' }, CreatedBot);
  try {
    const url = `${ingest}${bot.webhook_path}`;
    await until('ingest to take an update', () => deliver(url, bot.webhook_secret), TIMEOUT_MS);
    const acknowledgedMs = performance.now();
    await until('the update in the health answer', () => isCounted(api, botId), TIMEOUT_MS);
    return performance.now() - acknowledgedMs;
  } finally {
    await forget(api, botId);
  }
}

/** The bot goes in any case; that its hour stays where erasing is not possible now is worth a word only. */
async function forget(api: QueryApi, botId: string): Promise<void> {
  await api.delete(`/api/bots/${botId}`);
  await api.delete(`/api/bots/${botId}?erase=true`).catch((error: unknown) => {
    console.error(`The history of ${botId} was not erased: ${reasonOf(error)}`);
  });
}

async function isCounted(api: QueryApi, botId: string): Promise<boolean> {
  const health = await api.get(`/api/health/webhook/${botId}/`, BotHealth);
  return health.last_15_minutes.requests_received === 1;
}

/** @returns false while ingest, which learns of a bot within 2 s, does not know it yet */
async function deliver(url: string, secret: string): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': secret,
    },
    body: JSON.stringify({ update_id: 1, message: { message_id: 1, text: 'smoke test' } }),
  }).catch((error: unknown) => {
    throw new CommandError(`Ingest does not answer at ${new URL(url).origin}.`, { cause: error });
  });
  const text = await response.text();
  if (response.status === 200) return true;
  if (response.status === 404) return false;
  throw new CommandError(`Ingest answered ${response.status}: ${text}`);
}

/** With what was in the way last, where waiting was in vain. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof CommandError ? `${error.message}: ${cause.message}` : error.message;
}

function green(text: string): string {
  return styleText('green', text, { stream: process.stdout });
}

function red(text: string): string {
  return styleText('red', text, { stream: process.stderr });
}
