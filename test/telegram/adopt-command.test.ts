/** `hookpulse adopt` and `hookpulse release` as an operator types them. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import { runCommandLine } from '@hookpulse/cli/command-line';
import type { Terminal } from '@hookpulse/cli/terminal';
import { until } from '@hookpulse/common/testing/until';
import { TEST_TOKENS } from '@hookpulse/query-api/testing/open-test-query-api';
import type { StandInBot } from '@hookpulse/traffic/telegram/stand-in-bot';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type AdoptionRig, openAdoptionRig } from './support/adoption-rig.ts';
import { startWebhookReceiver, type WebhookReceiver } from './support/webhook-receiver.ts';

const BIN = join(import.meta.dirname, '..', '..', 'packages', 'cli', 'bin', 'hookpulse.mjs');
const BOT_SECRET = 'what-the-bot-expects';

let rig: AdoptionRig;
let receiver: WebhookReceiver;
let bot: StandInBot;
let names = 0;

beforeAll(async () => {
  rig = await openAdoptionRig();
});
afterAll(() => rig?.close());

beforeEach(async () => {
  receiver = await startWebhookReceiver();
  // Empty updates are errors to it, so that no command waits until one was processed.
  receiver.answerWith(({ headers }, response) => {
    const isRight = headers['x-telegram-bot-api-secret-token'] === BOT_SECRET;
    response.writeHead(isRight ? 500 : 401).end();
  });
  names += 1;
  bot = rig.telegram.addBot(`command_bot_${names}`);
  const api = createBotApi({ apiUrl: rig.telegram.url, token: bot.identity.token });
  await api.setWebhook({ url: receiver.url, secret_token: BOT_SECRET });
});
afterEach(async () => {
  bot.close();
  await receiver.close();
});

interface Typed {
  /** Answers to prompts without echo; none: there is no terminal. */
  readonly secrets?: readonly string[];
  readonly confirms?: boolean;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function run(args: readonly string[], typed: Typed = {}) {
  const [printed, warned, asked]: [string[], string[], string[]] = [[], [], []];
  const secrets = [...(typed.secrets ?? [])];
  const terminal: Terminal = {
    print: (line) => printed.push(line),
    warn: (line) => warned.push(line),
    style: (_style, styled) => styled,
    isInteractive: typed.secrets !== undefined,
    async confirm(question) {
      asked.push(question);
      return typed.confirms ?? false;
    },
    async askSecret(question) {
      asked.push(question);
      return secrets.shift() ?? null;
    },
    readInput: async () => typed.input ?? '',
    onInterrupt: () => () => undefined,
  };
  const access = ['--url', rig.apiUrl];
  const exitCode = await runCommandLine([...args, ...access], {
    terminal,
    env: { ADMIN_TOKEN: TEST_TOKENS.admin, ...typed.env },
    nowMs: Date.now(),
  });
  return { exitCode, printed: printed.join('\n'), warned: warned.join('\n'), asked };
}

const username = () => bot.identity.username;
const ingestWebhook = () => `${rig.ingestUrl}/webhook/${username()}`;

test('a bot is adopted and released at a terminal, where secrets are asked for without echo', async () => {
  const secrets = [bot.identity.token, BOT_SECRET];
  const declined = await run(['adopt'], { secrets });
  expect(declined).toMatchObject({ exitCode: 1, warned: 'hookpulse: nothing was done.' });
  expect(declined.asked).toEqual([
    expect.stringMatching(/^Bot token .*not shown/),
    expect.stringMatching(/^secret_token that the bot expects/),
    `Point the webhook of ${username()} at ${ingestWebhook()}?`,
  ]);
  expect(bot.webhook?.url).toBe(receiver.url);

  const adopted = await run(['adopt'], { secrets, confirms: true });
  expect(adopted).toMatchObject({ exitCode: 0 });
  expect(adopted.printed).toContain(`✓ ${username()} is under Hookpulse`);
  expect(adopted.printed).toContain(`npx hookpulse release ${username()}`);
  expect(bot.webhook?.url).toBe(ingestWebhook());
  expect(JSON.stringify([declined, adopted])).not.toContain(bot.identity.token);
  expect(JSON.stringify([declined, adopted])).not.toContain(BOT_SECRET);

  const released = await run(['release', username(), '--no-wait'], { secrets: [], confirms: true });
  expect(released).toMatchObject({ exitCode: 0 });
  expect(released.asked).toEqual([`Give ${username()} its webhook ${receiver.url}/ back?`]);
  expect(bot.webhook).toMatchObject({ url: `${receiver.url}/`, secret: BOT_SECRET });
});

test.each<[string, () => Typed]>([
  [
    'variables',
    () => ({ env: { TELEGRAM_BOT_TOKEN: bot.identity.token, FORWARD_SECRET: BOT_SECRET } }),
  ],
  ['standard input', () => ({ input: `${bot.identity.token}\n${BOT_SECRET}\n` })],
])('without a terminal secrets are taken from %s, and --yes is required', async (_, typed) => {
  const refused = await run(['adopt'], typed());
  expect(refused.warned).toMatch(/Without a terminal it requires --yes/);
  expect(bot.webhook?.url).toBe(receiver.url);
  const { exitCode, printed } = await run(['adopt', '--yes', '--json'], typed());
  expect(exitCode).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({ bot_id: username(), test_update: null });
  expect(bot.webhook?.url).toBe(ingestWebhook());
  expect((await run(['release', username()])).warned).toMatch(/requires --yes/);
  const released = await run(['release', username(), '--yes', '--no-wait', '--json']);
  expect(JSON.parse(released.printed)).toMatchObject({ outcome: 'done' });
  expect((await run(['release', username()])).exitCode).toBe(0);
});

test('a dry run says what would be done', async () => {
  const env = { TELEGRAM_BOT_TOKEN: bot.identity.token };
  const { exitCode, printed } = await run(['adopt', '--dry-run', '--id', 'shop'], { env });
  expect(exitCode).toBe(0);
  expect(printed).toContain(`Telegram delivers to   ${rig.ingestUrl}/webhook/shop`);
  expect(printed).toContain(`Updates go on to       ${receiver.url}`);
  expect(bot.webhook?.url).toBe(receiver.url);
});

test('a token among the arguments is refused, and not repeated', async () => {
  for (const args of [
    ['adopt', bot.identity.token],
    ['adopt', '--token', bot.identity.token],
    ['release', bot.identity.token],
  ]) {
    const refused = await run(args);
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.warned).toContain('does not belong on the command line');
    expect(refused.warned).not.toContain(bot.identity.token);
  }
  expect((await run(['adopt', 'shop_bot'])).warned).toContain('adopt has no arguments');
  expect((await run(['adopt'])).warned).toContain('No bot token');
  expect(bot.calls.map(({ method }) => method)).toEqual(['setWebhook']);
});

test('a refusal is told in a sentence', async () => {
  const env = { TELEGRAM_BOT_TOKEN: bot.identity.token };
  const { exitCode, warned } = await run(['adopt', '--yes'], { env });
  expect(exitCode).toBe(1);
  expect(warned).toMatch(/refuses an update without its secret \(401\)/);
});

test('where no forwarder runs, the test update waits, and that is said', async () => {
  receiver.answerWith((_, response) => response.end());
  const env = { TELEGRAM_BOT_TOKEN: bot.identity.token };
  const { exitCode, printed } = await run(['adopt', '--yes'], { env });
  expect(exitCode).toBe(0);
  expect(printed).toContain('Does the forwarder run?');
});

test('a release waits for what is left here, as long as it is told, and changes nothing then', async () => {
  const env = { TELEGRAM_BOT_TOKEN: bot.identity.token, FORWARD_SECRET: BOT_SECRET };
  expect(await run(['adopt', '--yes'], { env })).toMatchObject({ exitCode: 0 });
  // No forwarder runs here, so this update is never known to have been forwarded.
  bot.send('message', { message_id: 1, date: Math.floor(Date.now() / 1_000), chat: { id: 1 } });
  await until('ingest to have it', () => bot.pendingCount === 0);
  const released = await run(['release', username(), '--yes', '--wait', '0.01']);
  expect(released.exitCode).toBe(1);
  expect(released.warned).toMatch(/… waiting until what ingest has accepted is forwarded\n/);
  expect(released.warned).toMatch(/nothing was changed: Telegram still delivers to Hookpulse/);
  expect(bot.webhook?.url).toBe(ingestWebhook());
  const refused = await run(['release', username(), '--yes', '--wait', 'long']);
  expect(refused).toMatchObject({
    exitCode: 2,
    warned: expect.stringContaining('--wait is a number'),
  });
});

test('the program itself takes the token from a pipe', async () => {
  const child = spawn(
    process.execPath,
    [BIN, 'adopt', '--dry-run', '--json', '--url', rig.apiUrl],
    {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH ?? '', ADMIN_TOKEN: TEST_TOKENS.admin },
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  child.stdin.end(`${bot.identity.token}\n`);
  const printed = await text(child.stdout);
  await until('the program to end', () => child.exitCode !== null);
  expect(JSON.parse(printed)).toMatchObject({ bot_id: username(), dry_run: true });
});
