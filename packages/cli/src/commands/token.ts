/** `hookpulse token …`: named tokens, beside ADMIN_TOKEN and READ_TOKEN. */

import { SCOPES, type Scope } from '@hookpulse/common/bots/access-token';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { iso } from '@hookpulse/common/values/iso';
import { type Command, Option } from 'commander';
import Type, { type Static } from 'typebox';
import { CommandError } from '../command-error.ts';
import { minuteOf } from '../output/minute.ts';
import { fields, table } from '../output/table.ts';
import { parseTime } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  collectBotIds,
  confirmed,
  openApi,
  withApiOptions,
} from './command-context.ts';

const TokenSchema = Type.Object({
  token_id: Type.String(),
  name: Type.String(),
  scope: Type.Enum(SCOPES),
  bots: Type.Union([Type.Array(Type.String()), Type.Null()]),
  created_by: Type.String(),
  expires_at: Type.Union([Type.String(), Type.Null()]),
  expired: Type.Boolean(),
  last_used_at: Type.Union([Type.String(), Type.Null()]),
});
type Token = Static<typeof TokenSchema>;
const TokensSchema = Type.Object({ tokens: Type.Array(TokenSchema) });
const CreatedTokenSchema = Type.Object({ ...TokenSchema.properties, token: Type.String() });

interface CreateOptions extends ApiOptions {
  readonly scope: Scope;
  readonly bot?: readonly string[];
  readonly expires?: string;
}

interface RevokeOptions extends ApiOptions {
  readonly yes?: boolean;
}

const DAYS = /^(\d{1,4})d$/;

export function registerToken(program: Command, context: CommandContext): void {
  const token = program.command('token').description('create, list and revoke named tokens');
  withApiOptions(token.command('create <name>').description('create a token; it is shown once'))
    .addOption(
      new Option('--scope <scope>', 'read, write (also changes bots, silences, settings) or admin')
        .choices(SCOPES)
        .default('read'),
    )
    .option(
      '--bot <bot_id>',
      'only for this bot; may be repeated (default: all bots)',
      collectBotIds,
    )
    .option(
      '--expires <when>',
      'expires after a number of days (90d) or at a time in UTC (default: never)',
    )
    .action((name: string, options: CreateOptions) => create(name, options, context));
  withApiOptions(
    token.command('list').description('list all named tokens, and when each was last used'),
  ).action((options: ApiOptions) => list(options, context));
  withApiOptions(
    token
      .command('revoke <token>')
      .description('revoke a token by its id or name and end its sessions'),
  )
    .option('--yes', 'do not ask; required without a terminal')
    .action((which: string, options: RevokeOptions) => revoke(which, options, context));
}

async function create(
  name: string,
  options: CreateOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const { scope, bot, expires } = options;
  const body = {
    ...{ name, scope },
    ...(bot === undefined ? {} : { bots: bot }),
    ...(expires === undefined ? {} : { expires_at: endOf(expires, context.nowMs) }),
  };
  const created = await api.post('/api/tokens', body, CreatedTokenSchema);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(created, null, 2));
    return;
  }
  terminal.print(terminal.style('green', `✓ ${created.name} was created`));
  const rows = [
    ['token_id', created.token_id],
    ['scope', created.scope],
    ['bots', botsText(created)],
    ['expires', endText(created)],
    ['token', created.token],
  ] as const;
  for (const line of fields(rows)) terminal.print(line);
  terminal.print(terminal.style('dim', '  The token is shown only once.'));
}

async function list(options: ApiOptions, context: CommandContext): Promise<void> {
  const answer = await (await openApi(options, context)).get('/api/tokens', TokensSchema);
  const { terminal } = context;
  if (options.json) {
    terminal.print(JSON.stringify(answer, null, 2));
    return;
  }
  if (answer.tokens.length === 0) {
    terminal.print('No named tokens yet. Create one with `npx hookpulse token create <name>`.');
    return;
  }
  const rows = answer.tokens.map((token) => [
    token.token_id,
    token.name,
    token.scope,
    botsText(token),
    token.expired ? terminal.style('yellow', 'expired') : endText(token),
    token.last_used_at === null ? 'never' : minuteOf(token.last_used_at),
  ]);
  const titles = ['token_id', 'name', 'scope', 'bots', 'expires', 'last used (UTC)'];
  for (const line of table(titles, rows)) terminal.print(line);
}

async function revoke(
  which: string,
  options: RevokeOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const { tokens } = await api.get('/api/tokens', TokensSchema);
  const { token_id, name } = onlyOne(which, tokens);
  await confirmed(`Revoke ${name} (${token_id})?`, options.yes, context);
  await api.delete(`/api/tokens/${encodeURIComponent(token_id)}`);
  const { terminal } = context;
  if (options.json) terminal.print(JSON.stringify({ revoked: token_id }, null, 2));
  else terminal.print(terminal.style('green', `✓ ${name} (${token_id}) was revoked`));
}

/** @throws CommandError */
function onlyOne(which: string, tokens: readonly Token[]): Token {
  const byId = tokens.find(({ token_id }) => token_id === which);
  if (byId) return byId;
  const [named, ...others] = tokens.filter(({ name }) => name === which);
  if (!named) throw new CommandError(`Unknown token ${which}. See \`hookpulse token list\`.`);
  if (others.length === 0) return named;
  throw new CommandError(
    `There are ${others.length + 1} tokens named ${which}. Use the id of one of them.`,
  );
}

/** ISO 8601. @throws CommandError */
function endOf(text: string, nowMs: number): string {
  const days = DAYS.exec(text.trim())?.[1];
  const endMs = days ? nowMs + Number(days) * DAY_MS : parseTime(text, '--expires', nowMs);
  return iso(endMs);
}

function botsText({ bots }: Token): string {
  return bots === null ? 'all' : bots.join(', ');
}

function endText({ expires_at }: Token): string {
  return expires_at === null ? 'never' : minuteOf(expires_at);
}
