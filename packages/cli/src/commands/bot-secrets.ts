/** `hookpulse bot rotate-secret` and `bot rotate-report-token`: new secrets without a break. */
import { type Command, InvalidArgumentError } from 'commander';
import Type, { type Static } from 'typebox';
import { minuteOf } from '../output/minute.ts';
import { fields } from '../output/table.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface RotateOptions extends ApiOptions {
  readonly grace?: number;
  readonly secret?: string;
}

const ValidUntil = { previous_valid_until: Type.Union([Type.String(), Type.Null()]) };
const RotatedSecretSchema = Type.Object({ webhook_secret: Type.String(), ...ValidUntil });
const RotatedTokenSchema = Type.Object({ report_token: Type.String(), ...ValidUntil });

const GRACE = 'how long the previous one stays valid (default: 10)';

export function registerBotSecrets(bot: Command, context: CommandContext): void {
  withApiOptions(
    bot
      .command('rotate-secret <bot_id>')
      .description("replace the webhook secret; then pass it to Telegram's setWebhook"),
  )
    .option('--grace <minutes>', GRACE, minutes)
    .option('--secret <webhook_secret>', 'use this secret (default: a new one)')
    .action((botId: string, options: RotateOptions) => rotateSecret(botId, options, context));
  withApiOptions(
    bot
      .command('rotate-report-token <bot_id>')
      .description('replace the token that the bot reports with'),
  )
    .option('--grace <minutes>', GRACE, minutes)
    .action((botId: string, options: RotateOptions) => rotateToken(botId, options, context));
}

async function rotateSecret(
  botId: string,
  options: RotateOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const { grace, secret } = options;
  const path = `/api/bots/${encodeURIComponent(botId)}`;
  const rotated = await api.post(
    `${path}/rotate-secret`,
    {
      ...(grace === undefined ? {} : { grace_minutes: grace }),
      ...(secret === undefined ? {} : { webhook_secret: secret }),
    },
    RotatedSecretSchema,
    await api.tagOf(path),
  );
  show(botId, ['webhook secret', rotated.webhook_secret], rotated, options, context);
}

async function rotateToken(
  botId: string,
  options: RotateOptions,
  context: CommandContext,
): Promise<void> {
  const api = await openApi(options, context);
  const path = `/api/bots/${encodeURIComponent(botId)}`;
  const rotated = await api.post(
    `${path}/rotate-report-token`,
    options.grace === undefined ? {} : { grace_minutes: options.grace },
    RotatedTokenSchema,
    await api.tagOf(path),
  );
  show(botId, ['report token', rotated.report_token], rotated, options, context);
}

function show(
  botId: string,
  [name, secret]: readonly [string, string],
  rotated: Static<typeof RotatedSecretSchema> | Static<typeof RotatedTokenSchema>,
  options: RotateOptions,
  { terminal }: CommandContext,
): void {
  if (options.json) {
    terminal.print(JSON.stringify({ bot_id: botId, ...rotated }, null, 2));
    return;
  }
  const { previous_valid_until: until } = rotated;
  const before = until === null ? 'is already refused' : `is valid until ${minuteOf(until)} UTC`;
  terminal.print(
    terminal.style('green', `✓ ${botId} has a new ${name}; the previous one ${before}`),
  );
  for (const line of fields([[name, secret]])) terminal.print(line);
  terminal.print(terminal.style('dim', '  It is shown only once.'));
}

function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1_440) return value;
  throw new InvalidArgumentError('Must be a number of minutes from 0 to 1440.');
}
