/** `hookpulse cleanup`: deletes what is past the retention now. */
import { type Cleanup, CleanupSchema } from '@hookpulse/common/bots/cleanup';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { minuteOf } from '../output/minute.ts';
import { quantity } from '../output/quantity.ts';
import {
  type ApiOptions,
  type CommandContext,
  confirmed,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface CleanupOptions extends ApiOptions {
  readonly days?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

const PATH = '/api/admin/cleanup';

export function registerCleanup(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('cleanup')
      .description(
        'delete data past its retention now and print how many rows were deleted; hourly rows are kept unless WEBHOOK_METRICS_RETENTION_DAYS is set',
      ),
  )
    .option(
      '--days <n>',
      'delete raw events older than this many days (default: WEBHOOK_EVENT_RETENTION_DAYS)',
    )
    .option('--dry-run', 'print what would be deleted, and delete nothing')
    .option('--yes', 'do not ask; required without a terminal')
    .action((options: CleanupOptions) => cleanup(options, context));
}

async function cleanup(options: CleanupOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const body = options.days === undefined ? {} : { days: daysOf(options.days) };
  const api = await openApi(options, context);
  const old = await api.post(PATH, { ...body, dry_run: true }, CleanupSchema);
  const isWanted =
    !options.dryRun && (await confirmed(`Delete ${rowsOf(old)}?`, options.yes, context));
  const done = isWanted ? await api.post(PATH, body, CleanupSchema) : old;
  if (options.json) terminal.print(JSON.stringify(done, null, 2));
  else if (done.dry_run) terminal.print(`Nothing was deleted. Would delete: ${rowsOf(done)}`);
  else terminal.print(terminal.style('green', `✓ deleted: ${rowsOf(done)}`));
}

function daysOf(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new CommandError('--days must be a whole number from 1 to 3650.');
}

function rowsOf({
  raw_events,
  raw_events_before,
  hourly_rows,
  hourly_rows_before,
}: Cleanup): string {
  const raw = `${quantity(raw_events, 'raw event')} from before ${minuteOf(raw_events_before)} UTC`;
  if (hourly_rows_before === null) return raw;
  return `${raw} and ${quantity(hourly_rows, 'hourly row')} from before ${minuteOf(hourly_rows_before)} UTC`;
}
