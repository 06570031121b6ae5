/** `hookpulse doctor`: is everything as it should be? */
import type { Reconciliation } from '@hookpulse/common/windows/reconciliation';
import type { Command } from 'commander';
import { type ApiAccess, apiAccess } from '../api/access.ts';
import { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { showDiagnosis } from '../doctor/show-diagnosis.ts';
import { collectReconciliation } from '../reconcile/collect.ts';
import { showReconciliation } from '../reconcile/show.ts';
import { readSettings } from '../settings.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import { type ApiOptions, type CommandContext, withApiOptions } from './command-context.ts';

interface DoctorOptions extends ApiOptions {
  readonly reconcile?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly bot?: string;
}

export function registerDoctor(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('doctor')
      .description(
        'show and check the effective configuration, and check the services and engines; exit code 0 if there are no problems',
      ),
  )
    .option('--reconcile', 'also compare the log, the raw events and the hourly rows')
    .option(
      '--from <time>',
      `with --reconcile: ${TIME_FORMS} (default: everything that can be compared)`,
    )
    .option('--to <time>', 'with --reconcile: the end (default: now)')
    .option('--bot <bot_id>', 'with --reconcile: only this bot')
    .action((options: DoctorOptions) => doctor(options, context));
}

async function doctor(options: DoctorOptions, context: CommandContext): Promise<void> {
  if (!options.reconcile && (options.from ?? options.to ?? options.bot) !== undefined) {
    throw new CommandError('--from, --to and --bot require --reconcile.');
  }
  // With it come the clients of the engines, for which no other command should wait.
  const { diagnose, isHealthy } = await import('../doctor/diagnosis.ts');
  const settings = readSettings(context.env);
  const access = await apiAccess(options, settings.config);
  const diagnosis = await diagnose(settings, access);
  if (!options.json) showDiagnosis(diagnosis, context.terminal);
  const reconciliation = options.reconcile ? await reconcile(options, access, context) : null;
  const isFine = isHealthy(diagnosis) && (reconciliation?.status ?? 'agrees') === 'agrees';
  if (options.json) printJson(isFine, diagnosis, reconciliation, context);
  if (!isFine) context.markFailed();
}

async function reconcile(
  options: DoctorOptions,
  access: ApiAccess,
  { terminal, nowMs }: CommandContext,
): Promise<Reconciliation | { status: 'unknown'; error: string }> {
  const { from, to, bot } = options;
  if (!options.json) terminal.print('');
  try {
    const answer = await collectReconciliation(new QueryApi(access), {
      fromMs: from === undefined ? null : parseTime(from, '--from', nowMs),
      toMs: to === undefined ? nowMs : parseTime(to, '--to', nowMs),
      botId: bot ?? null,
    });
    if (!options.json) showReconciliation(answer, terminal);
    return answer;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (!options.json) terminal.print(terminal.style('red', `✗ ${error.message}`));
    return { status: 'unknown', error: error.message };
  }
}

function printJson(
  isFine: boolean,
  { configuration, problems, warnings, checks }: Diagnosis,
  reconciliation: unknown,
  { terminal }: CommandContext,
): void {
  const answer = {
    status: isFine ? 'ok' : 'problem',
    configuration: { variables: configuration, problems, warnings },
    checks,
    ...(reconciliation === null ? {} : { reconciliation }),
  };
  terminal.print(JSON.stringify(answer, null, 2));
}
