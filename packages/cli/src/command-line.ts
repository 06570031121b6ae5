/** `npx hookpulse`: its commands, and how they end. */
import type { Environment } from '@hookpulse/service-kit/config/read-values';
import { Command, CommanderError } from 'commander';
import { CommandError } from './command-error.ts';
import { registerAdopt } from './commands/adopt.ts';
import { registerAlerts } from './commands/alerts.ts';
import { registerAnnotate } from './commands/annotate.ts';
import { registerBackup } from './commands/backup.ts';
import { registerBot } from './commands/bot.ts';
import { registerCleanup } from './commands/cleanup.ts';
import type { CommandContext } from './commands/command-context.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerErrors } from './commands/errors.ts';
import { registerLoad } from './commands/load.ts';
import { registerRebuild } from './commands/rebuild.ts';
import { registerReplay } from './commands/replay.ts';
import { registerRestore } from './commands/restore.ts';
import { registerSize } from './commands/size.ts';
import { registerStatusPage } from './commands/status-page.ts';
import { registerTail } from './commands/tail.ts';
import { registerToken } from './commands/token.ts';
import type { Terminal } from './terminal.ts';

export interface CommandLineDeps {
  readonly terminal: Terminal;
  readonly env: Environment;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * Runs a command.
 * @returns the exit code: 0; 1 when it could not be done or found a problem; of `load` and `doctor`, 2 for
 * wrong usage; of `doctor --strict`, 3 for warnings alone
 */
export async function runCommandLine(
  args: readonly string[],
  deps: CommandLineDeps,
): Promise<number> {
  let exitCode = 0;
  const markFailed = (code = 1) => {
    exitCode = code;
  };
  try {
    await createProgram({ ...deps, markFailed }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof CommandError)) throw error;
    deps.terminal.warn(`hookpulse: ${error.message}`);
    return error.exitCode;
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('hookpulse')
    .description('Monitors the webhook traffic of Telegram bots.')
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.print(text.trimEnd()),
      writeErr: (text) => context.terminal.warn(text.trimEnd()),
    });
  registerAdopt(program, context);
  registerAlerts(program, context);
  registerAnnotate(program, context);
  registerBackup(program, context);
  registerBot(program, context);
  registerCleanup(program, context);
  registerDoctor(program, context);
  registerErrors(program, context);
  registerRebuild(program, context);
  registerReplay(program, context);
  registerRestore(program, context);
  registerSize(program, context);
  registerStatusPage(program, context);
  registerTail(program, context);
  registerToken(program, context);
  registerLoad(program, context);
  return program;
}
