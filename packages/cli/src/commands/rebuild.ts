/** `hookpulse rebuild`: counts hours anew from the raw events, while traffic goes on. */
import { RebuildAcceptedSchema, type RebuildStatus } from '@hookpulse/common/windows/rebuild';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { minuteOf } from '../output/minute.ts';
import { type FollowedRebuild, followRebuild } from '../rebuild/follow.ts';
import { showRebuild } from '../rebuild/show.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';

interface RebuildOptions extends ApiOptions {
  readonly from: string;
  readonly to?: string;
  readonly bot?: string;
  readonly dryRun?: boolean;
  readonly erase?: boolean;
  readonly yes?: boolean;
  readonly timeout: string;
}

export function registerRebuild(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('rebuild')
      .description(
        'recount hourly rows from the raw events while traffic goes on, and print what changed; repeating it changes nothing',
      ),
  )
    .requiredOption('--from <time>', `start: ${TIME_FORMS}`)
    .option('--to <time>', 'end (default: now); start and end are extended to whole hours')
    .option('--bot <bot_id>', 'only this bot')
    .option('--dry-run', 'print what would change, and change nothing')
    .option('--erase', 'also delete hourly rows that are older than all raw events')
    .option('--yes', 'do not ask for confirmation')
    .option('--timeout <seconds>', 'how long to wait for an answer from an aggregator', '60')
    .action((options: RebuildOptions) => rebuild(options, context));
}

async function rebuild(options: RebuildOptions, context: CommandContext): Promise<void> {
  const { terminal, nowMs } = context;
  const timeoutMs = Number(options.timeout) * 1_000;
  if (!(timeoutMs > 0)) throw new CommandError('--timeout must be a number of seconds.');
  const span = {
    from: new Date(parseTime(options.from, '--from', nowMs)).toISOString(),
    to: new Date(
      options.to === undefined ? nowMs : parseTime(options.to, '--to', nowMs),
    ).toISOString(),
  };
  const api = await openApi(options, context);
  if (!(await isWanted(span, options, context))) throw new CommandError('nothing was done.');
  const accepted = await api.post(
    '/api/admin/rebuilds',
    {
      ...span,
      ...(options.bot === undefined ? {} : { bot_id: options.bot }),
      ...(options.dryRun ? { dry_run: true } : {}),
      ...(options.erase ? { erase: true } : {}),
    },
    RebuildAcceptedSchema,
  );
  if (!options.json) {
    const hours = `${minuteOf(accepted.from)} to ${minuteOf(accepted.to)} UTC`;
    terminal.print(terminal.style('bold', `Recounting ${hours} from the raw events`));
  }
  const followed = await followRebuild(api, accepted.rebuild_id, timeoutMs);
  if (options.json) terminal.print(JSON.stringify(followed.status, null, 2));
  else showRebuild(followed.status, terminal);
  const failure = failureOf(followed, options.timeout);
  if (failure !== null) throw new CommandError(failure);
}

/** Does not ask without a terminal, because a rebuild only makes rows match the raw events. */
async function isWanted(
  span: { readonly from: string; readonly to: string },
  { bot, dryRun, yes }: RebuildOptions,
  { terminal }: CommandContext,
): Promise<boolean> {
  if (yes || dryRun || !terminal.isInteractive) return true;
  const whose = bot === undefined ? 'all bots' : bot;
  const hours = `from ${minuteOf(span.from)} to ${minuteOf(span.to)} UTC`;
  return terminal.confirm(`Recount the hours of ${whose} ${hours} from the raw events?`);
}

function failureOf({ kind, status }: FollowedRebuild, seconds: string): string | null {
  if (kind === 'silent') {
    return `no answer about ${unheard(status)} for ${seconds} s. Is an aggregator running? The request is kept: the next aggregator that starts carries it out.`;
  }
  switch (status.status) {
    case 'done':
      return null;
    case 'expired':
      return 'no aggregator started the rebuild in time. Is one running?';
    case 'running':
    case 'failed':
      return `${status.problems.length} of ${status.partitions} partitions could not be rebuilt. The others are done.`;
    default:
      return status.status satisfies never;
  }
}

function unheard({ unanswered_partitions: unanswered }: RebuildStatus): string {
  if (unanswered.length === 0) return 'the partitions in progress';
  return `partition${unanswered.length === 1 ? '' : 's'} ${unanswered.join(', ')}`;
}
