/** `hookpulse adopt` and `hookpulse release`: a bot that exists today comes under Hookpulse, and leaves it. */
import {
  type Adoption,
  AdoptionSchema,
  type AdoptionStep,
  ReleaseSchema,
} from '@hookpulse/api/adoption';
import { isBotToken } from '@hookpulse/bot-api/bot-token';
import { MINUTE_MS } from '@hookpulse/common/values/durations';
import type { Command } from 'commander';
import { awaitRelease } from '../adopting/await-release.ts';
import { awaitTestUpdate, type TestUpdateFate } from '../adopting/await-test-update.ts';
import { readBotSecrets } from '../adopting/read-bot-secrets.ts';
import type { QueryApi } from '../api/query-api.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { quantity } from '../output/quantity.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface AdoptOptions extends ApiOptions {
  readonly id?: string;
  readonly check: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

interface ReleaseOptions extends Pick<AdoptOptions, 'dryRun' | 'yes'>, ApiOptions {
  /** False: not at all. */
  readonly wait: string | boolean;
}

const DEFAULT_WAIT_MINUTES = '10';
/** Updates expire by then. */
const MAX_WAIT_MINUTES = 1_440;
const YES = 'do not ask first; required without a terminal';

export function registerAdopt(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('adopt [nothing...]')
      .usage('[options]')
      .description(
        "take over a bot's webhook: Telegram delivers to ingest, and updates are forwarded to the bot.\nThe bot token is asked for, or read from TELEGRAM_BOT_TOKEN or the first line of standard input;\nthe secret_token that the bot expects is asked for, or read from FORWARD_SECRET or the second line",
      ),
  )
    .option('--id <bot_id>', "1 to 64 of A-Z a-z 0-9 _ - (default: the bot's username)")
    .option('--no-check', 'do not try the bot and INGEST_URL first')
    .option('--dry-run', 'only say what would be done')
    .option('--yes', YES)
    .action((given: readonly string[], options: AdoptOptions) => adopt(given, options, context));
  withApiOptions(
    program
      .command('release <bot_id>')
      .description('give Telegram the own webhook of an adopted bot back'),
  )
    .option('--dry-run', 'only say what would be done')
    .option(
      '--wait <minutes>',
      'how long to wait until nothing of the bot is left here',
      DEFAULT_WAIT_MINUTES,
    )
    .option(
      '--no-wait',
      'do not wait: updates that Telegram delivers then overtake what is left here',
    )
    .option('--yes', YES)
    .action((botId: string, options: ReleaseOptions) => release(botId, options, context));
}

async function adopt(
  given: readonly string[],
  options: AdoptOptions,
  context: CommandContext,
): Promise<void> {
  refuseTokens([...given, options.token ?? '', options.id ?? '']);
  if (given.length > 0) throw new UsageError('adopt has no arguments (see --help)');
  const { terminal } = context;
  const api = await openApi(options, context);
  const secrets = await readBotSecrets(context);
  const body = {
    bot_token: secrets.botToken,
    ...(options.id === undefined ? {} : { bot_id: options.id }),
  };
  const plan = await api.post('/api/bots/adopt', { ...body, dry_run: true }, AdoptionSchema);
  if (options.dryRun) {
    if (options.json) terminal.print(JSON.stringify(plan, null, 2));
    else showPlan(plan, context);
    return;
  }
  if (!options.json) showPlan(plan, context);
  const forwardSecret = await secrets.forwardSecret();
  await agreed(`Point the webhook of ${plan.bot_id} at ${plan.webhook_url}?`, options, context);
  const adopted = await api.post(
    '/api/bots/adopt',
    {
      ...body,
      ...(forwardSecret === '' ? {} : { forward_secret: forwardSecret }),
      check: options.check,
    },
    AdoptionSchema,
  );
  await showAdopted(adopted, api, options, context);
}

/** Other users of the machine see arguments, and the shell keeps them. */
function refuseTokens(texts: readonly string[]): void {
  if (!texts.some(isBotToken)) return;
  throw new UsageError(
    'A bot token does not belong on the command line: other users of this machine see it, and the shell keeps it. Leave it out and type it when asked, or set TELEGRAM_BOT_TOKEN. To be safe, revoke this one at BotFather.',
  );
}

function showPlan(plan: Adoption, { terminal }: CommandContext): void {
  terminal.print(`${terminal.style('bold', plan.bot_name)} (${plan.bot_id})`);
  terminal.print(`  Telegram delivers to   ${plan.webhook_url}`);
  terminal.print(`  Updates go on to       ${plan.forward_url}`);
  const pending = quantity(plan.pending_update_count, 'pending update');
  terminal.print(`  ${pending} at Telegram stay`);
  for (const { text } of plan.steps) terminal.print(`  - ${text}`);
  showWarnings(plan.warnings, { terminal });
}

async function showAdopted(
  adopted: Adoption,
  api: QueryApi,
  options: AdoptOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal } = context;
  const fate = await awaitTestUpdate(adopted, api, context.nowMs);
  if (fate?.kind === 'failed') context.markFailed();
  if (options.json) {
    terminal.print(JSON.stringify({ ...adopted, test_update: fate?.kind ?? null }, null, 2));
    return;
  }
  for (const step of adopted.steps) terminal.print(stepLine(step, context));
  showWarnings(adopted.warnings, context);
  if (fate) terminal.print(fateLine(fate, adopted, context));
  terminal.print(terminal.style('green', `✓ ${adopted.bot_id} is under Hookpulse`));
  const hint = `If the bot calls setWebhook when it starts, switch that off: it would take its webhook back.\n  To undo: npx hookpulse release ${adopted.bot_id}`;
  terminal.print(terminal.style('dim', `  ${hint}`));
}

function stepLine({ outcome, text }: AdoptionStep, { terminal }: CommandContext): string {
  switch (outcome) {
    case 'done':
      return `${terminal.style('green', '✓')} ${text}`;
    case 'unchanged':
      return `${terminal.style('green', '✓')} ${text} (as before)`;
    case 'planned':
    case 'skipped':
      return `${terminal.style('dim', '-')} ${text}`;
    default:
      return outcome satisfies never;
  }
}

function fateLine(fate: TestUpdateFate, adopted: Adoption, { terminal }: CommandContext): string {
  switch (fate.kind) {
    case 'processed':
      return `${terminal.style('green', '✓')} The bot has processed the empty update.`;
    case 'failed':
      return terminal.style(
        'red',
        `✗ The bot has not processed the empty update: ${fate.reason}. Updates wait on the log; see the page of the bot.`,
      );
    case 'waiting':
      return terminal.style(
        'yellow',
        `! The empty update has not reached the bot yet. Does the forwarder run? Updates wait on the log. Check with: npx hookpulse tail --bot ${adopted.bot_id}`,
      );
    default:
      return fate satisfies never;
  }
}

async function release(
  botId: string,
  options: ReleaseOptions,
  context: CommandContext,
): Promise<void> {
  refuseTokens([botId, options.token ?? '']);
  const { terminal } = context;
  const api = await openApi(options, context);
  const path = `/api/bots/${encodeURIComponent(botId)}/release`;
  const plan = await api.post(path, { dry_run: true }, ReleaseSchema);
  const isPlanOnly = options.dryRun ?? false;
  if (!isPlanOnly && plan.outcome === 'planned') {
    await agreed(`Give ${botId} its webhook ${plan.webhook_url} back?`, options, context);
  }
  const released = isPlanOnly ? plan : await awaitRelease(path, api, waitMs(options), terminal);
  if (options.json) {
    terminal.print(JSON.stringify(released, null, 2));
    return;
  }
  showWarnings(released.warnings, context);
  const line = `${released.dry_run ? 'Telegram would deliver' : '✓ Telegram delivers'} to ${released.webhook_url}`;
  terminal.print(released.dry_run ? line : terminal.style('green', line));
  if (released.dry_run) return;
  const left =
    released.backlog === 0
      ? ''
      : `${quantity(released.backlog, 'update')} of before are still forwarded to the bot.\n  `;
  const hint = `${left}${botId} is disabled here, so no alerts tell of its silence. Its history stays.`;
  terminal.print(terminal.style('dim', `  ${hint}`));
}

/** Zero: it does not wait. @throws UsageError */
function waitMs({ wait }: ReleaseOptions): number {
  if (wait === false) return 0;
  const minutes = Number(wait === true ? DEFAULT_WAIT_MINUTES : wait);
  if (minutes > 0 && minutes <= MAX_WAIT_MINUTES) return minutes * MINUTE_MS;
  throw new UsageError(`--wait is a number of minutes up to ${MAX_WAIT_MINUTES}, or use --no-wait`);
}

function showWarnings(
  warnings: readonly string[],
  { terminal }: Pick<CommandContext, 'terminal'>,
): void {
  for (const warning of warnings) terminal.warn(`! ${warning}`);
}

/** @throws CommandError when it is not wanted */
async function agreed(
  question: string,
  { yes }: Pick<AdoptOptions, 'yes'>,
  { terminal }: CommandContext,
): Promise<void> {
  if (yes) return;
  if (!terminal.isInteractive) {
    throw new CommandError(
      'This changes where Telegram delivers. Without a terminal it requires --yes.',
    );
  }
  if (!(await terminal.confirm(question))) throw new CommandError('nothing was done.');
}
