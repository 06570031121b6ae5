/** `hookpulse doctor`: is everything as it should be? */
import type { Reconciliation } from '@hookpulse/common/windows/reconciliation';
import { type Command, CommanderError } from 'commander';
import { type ApiAccess, apiAccess } from '../api/access.ts';
import { QueryApi } from '../api/query-api.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { configurationChecks, showDiagnosis } from '../doctor/show-diagnosis.ts';
import { collectReconciliation } from '../reconcile/collect.ts';
import { showReconciliation } from '../reconcile/show.ts';
import { readSettings } from '../settings.ts';
import { parseTime, TIME_FORMS } from '../times.ts';
import { type ApiOptions, type CommandContext, withApiOptions } from './command-context.ts';

/** Nothing is broken, and something is likely not what was meant. */
const STRICT_EXIT_CODE = 3;

interface DoctorOptions extends ApiOptions {
  readonly strict?: boolean;
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
        'show and check the effective configuration, services, engines, clocks, receivers and certificates, each problem with its remedy; exit code 0: no problems, 1: at least one, 2: wrong usage, 3: warnings alone, with --strict',
      ),
  )
    .option('--strict', 'exit code 3 if there are warnings and no problems')
    .option('--reconcile', 'also compare the log, the raw events and the hourly rows')
    .option(
      '--from <time>',
      `with --reconcile: ${TIME_FORMS} (default: everything that can be compared)`,
    )
    .option('--to <time>', 'with --reconcile: the end (default: now)')
    .option('--bot <bot_id>', 'with --reconcile: only this bot')
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new CommanderError(2, error.code, error.message);
    })
    .action((options: DoctorOptions) => doctor(options, context));
}

async function doctor(options: DoctorOptions, context: CommandContext): Promise<void> {
  if (!options.reconcile && (options.from ?? options.to ?? options.bot) !== undefined) {
    throw new UsageError('--from, --to and --bot require --reconcile.');
  }
  // With it come the clients of the engines, for which no other command should wait.
  const { diagnose, hasWarnings, isHealthy } = await import('../doctor/diagnosis.ts');
  const settings = readSettings(context.env);
  const access = await apiAccess(options, settings.config);
  const diagnosis = await diagnose(settings, access);
  if (!options.json) showDiagnosis(diagnosis, context.terminal);
  const reconciliation = options.reconcile ? await reconcile(options, access, context) : null;
  const isFine = isHealthy(diagnosis) && (reconciliation?.status ?? 'agrees') === 'agrees';
  if (options.json) printJson(isFine, diagnosis, reconciliation, context);
  if (!isFine) context.markFailed();
  else if (options.strict && hasWarnings(diagnosis)) context.markFailed(STRICT_EXIT_CODE);
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
  diagnosis: Diagnosis,
  reconciliation: unknown,
  { terminal }: CommandContext,
): void {
  const { configuration, problems, warnings, checks } = diagnosis;
  const answer = {
    status: isFine ? 'ok' : 'problem',
    configuration: { variables: configuration, problems, warnings },
    checks: [...configurationChecks(diagnosis), ...checks],
    ...(reconciliation === null ? {} : { reconciliation }),
  };
  terminal.print(JSON.stringify(answer, null, 2));
}
