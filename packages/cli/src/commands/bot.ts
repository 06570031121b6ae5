/** `hookpulse bot …`: the bots that are watched. */

import { BotViewSchema } from '@hookpulse/api/bot-view';
import { ErasedHistorySchema } from '@hookpulse/common/bots/erased-history';
import type { Command } from 'commander';
import Type, { type Static } from 'typebox';
import { CommandError } from '../command-error.ts';
import { quantity } from '../output/quantity.ts';
import { fields, table } from '../output/table.ts';
import { registerBotForwarding } from './bot-forwarding.ts';
import { registerBotSecrets } from './bot-secrets.ts';
import {
  type ApiOptions,
  type CommandContext,
  confirmed,
  openApi,
  withApiOptions,
} from './command-context.ts';
import { type ForwardOptions, forwardChange, withForwardOptions } from './forward-options.ts';

const BotSchema = Type.Object({
  bot_id: Type.String(),
  name: Type.String(),
  enabled: Type.Boolean(),
  webhook_path: Type.String(),
  created_at: Type.String(),
});
const BotsSchema = Type.Object({ bots: Type.Array(BotSchema) });
const CreatedBotSchema = Type.Object({
  ...BotSchema.properties,
  webhook_secret: Type.String(),
  report_token: Type.String(),
});

interface AddOptions extends ApiOptions {
  readonly id?: string;
  readonly secret?: string;
  readonly disabled?: boolean;
}

interface EditOptions extends ApiOptions, ForwardOptions {
  readonly name?: string;
}

interface RemoveOptions extends ApiOptions {
  readonly erase?: boolean;
  readonly yes?: boolean;
}

export function registerBot(program: Command, context: CommandContext): void {
  const bot = program.command('bot').description('register, list, change and remove bots');
  withApiOptions(bot.command('add <name>').description('register a bot'))
    .option('--id <bot_id>', '1 to 64 of A-Z a-z 0-9 _ - (default: a new UUID)')
    .option('--secret <webhook_secret>', "for Telegram's secret_token (default: a new one)")
    .option('--disabled', 'refuse its deliveries until it is enabled')
    .action((name: string, options: AddOptions) => add(name, options, context));
  withApiOptions(bot.command('list').description('list all bots')).action((options: ApiOptions) =>
    list(options, context),
  );
  withApiOptions(
    bot.command('show <bot_id>').description('show a bot, and where its updates are forwarded'),
  ).action((botId: string, options: ApiOptions) => show(botId, options, context));
  withForwardOptions(
    withApiOptions(
      bot.command('edit <bot_id>').description('change the name or the forwarding of a bot'),
    ).option('--name <name>', '1 to 100 characters'),
  ).action((botId: string, options: EditOptions) => edit(botId, options, context));
  withApiOptions(
    bot.command('enable <bot_id>').description('accept deliveries of a bot again'),
  ).action((botId: string, options: ApiOptions) =>
    change(botId, { enabled: true }, 'is enabled', options, context),
  );
  withApiOptions(
    bot
      .command('disable <bot_id>')
      .description('refuse deliveries of a bot (403) and stop evaluating it until it is enabled'),
  ).action((botId: string, options: ApiOptions) =>
    change(botId, { enabled: false }, 'is disabled', options, context),
  );
  registerBotForwarding(bot, context);
  registerBotSecrets(bot, context);
  withApiOptions(
    bot
      .command('remove <bot_id>')
      .description('remove a bot; its history is kept unless --erase is given'),
  )
    .option(
      '--erase',
      'delete its events, hourly rows and alerts permanently; also works for a removed bot',
    )
    .option('--yes', 'do not ask before erasing; required without a terminal')
    .action((botId: string, options: RemoveOptions) => remove(botId, options, context));
}

async function add(name: string, options: AddOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const { id, secret, disabled } = options;
  const created = await api.post(
    '/api/bots',
    {
      name,
      ...(id === undefined ? {} : { bot_id: id }),
      ...(secret === undefined ? {} : { webhook_secret: secret }),
      ...(disabled ? { enabled: false } : {}),
    },
    CreatedBotSchema,
  );
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify(created, null, 2));
  else showCreated(created, context);
}

function showCreated(created: Static<typeof CreatedBotSchema>, { terminal }: CommandContext): void {
  const rows = [
    ['bot_id', created.bot_id],
    ['webhook path', created.webhook_path],
    ['webhook secret', created.webhook_secret],
    ['report token', created.report_token],
  ] as const;
  terminal.print(terminal.style('green', `✓ ${created.name} is registered`));
  for (const line of fields(rows)) terminal.print(line);
  terminal.print(terminal.style('dim', '  The secret and the token are shown only once.'));
}

async function list(options: ApiOptions, context: CommandContext): Promise<void> {
  const answer = await (await openApi(options, context)).get('/api/bots', BotsSchema);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  const rows = answer.bots.map((bot) => [
    bot.bot_id,
    bot.name,
    bot.enabled ? 'enabled' : terminal.style('yellow', 'disabled'),
    bot.created_at,
  ]);
  if (rows.length === 0)
    terminal.print('No bots yet. Add one with `npx hookpulse bot add <name>`.');
  const titles = ['bot_id', 'name', 'state', 'since'].map((title) => ({ title }));
  if (rows.length > 0) for (const line of table(titles, rows)) terminal.print(line);
}

async function show(botId: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const api = await openApi(options, context);
  const bot = await api.get(`/api/bots/${encodeURIComponent(botId)}`, BotViewSchema);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(bot, null, 2));
    return;
  }
  const { forward } = bot;
  const rows: (readonly [string, string])[] = [
    ['bot_id', bot.bot_id],
    ['name', bot.name],
    ['state', bot.enabled ? 'enabled' : 'disabled'],
    ['webhook path', bot.webhook_path],
    ['bot token', bot.has_bot_token ? 'known' : 'not known'],
    ['forward url', forward?.url ?? 'none: updates are not forwarded'],
  ];
  if (forward) {
    const timeout = forward.timeout_seconds;
    rows.push(
      ['forward secret', forward.has_secret ? 'set' : 'none'],
      ['connections', `${forward.max_connections} at most`],
      ['timeout', timeout === null ? 'the processing timeout' : `${timeout} s`],
      ['order', forward.order],
      ['forwarding', forward.paused ? 'paused' : 'on'],
    );
  }
  for (const line of fields(rows)) terminal.print(line);
}

/** @throws CommandError where there is nothing to change */
async function edit(botId: string, options: EditOptions, context: CommandContext): Promise<void> {
  const { name } = options;
  const forward = forwardChange(options, context.env.FORWARD_SECRET?.trim() ?? '');
  if (name === undefined && forward === undefined) {
    throw new CommandError('Say what to change: --name, --forward-url or another option.');
  }
  const body = {
    ...(name === undefined ? {} : { name }),
    ...(forward === undefined ? {} : { forward }),
  };
  await change(
    botId,
    body,
    forward === undefined ? 'has a new name' : 'is changed',
    options,
    context,
  );
}

async function change(
  botId: string,
  body: object,
  outcome: string,
  options: ApiOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const path = `/api/bots/${encodeURIComponent(botId)}`;
  const changed = await api.patch(path, body, BotSchema, await api.tagOf(path));
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify(changed, null, 2));
  else terminal.print(terminal.style('green', `✓ ${changed.name} (${botId}) ${outcome}`));
}

async function remove(
  botId: string,
  options: RemoveOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const path = `/api/bots/${encodeURIComponent(botId)}`;
  const { terminal } = context;
  // Read before asking, so that a bot that changes meanwhile is not removed.
  const tag = await api.tagOf(path);
  if (!options.erase) {
    await api.delete(path, tag);
    if (options.json) terminal.print(JSON.stringify({ removed: botId }, null, 2));
    else terminal.print(terminal.style('green', `✓ ${botId} is removed`));
    return;
  }
  // Twice, as nothing brings it back.
  await confirmed(`Remove ${botId} and erase everything stored about it?`, options.yes, context);
  await confirmed('This cannot be undone. Erase it?', options.yes, context);
  const erased = await api.deleteAnd(path, ErasedHistorySchema, { erase: 'true' }, tag);
  if (options.json) {
    terminal.print(JSON.stringify({ removed: botId, erased }, null, 2));
    return;
  }
  const parts = [
    quantity(erased.raw_events, 'raw event'),
    quantity(erased.hourly_rows, 'hourly row'),
    quantity(erased.alerts, 'alert'),
  ];
  const what = `✓ ${botId} is removed, and its history erased: ${parts.join(', ')}`;
  terminal.print(terminal.style('green', what));
  for (const { what: left, until } of erased.remains) {
    terminal.print(terminal.style('dim', `  Still stored until ${until}: ${left}`));
  }
}
