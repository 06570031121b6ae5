/** What every command is given, and the options that those share which ask the query API. */
import type { Environment } from '@hookpulse/service-kit/config/read-values';
import { type Command, InvalidArgumentError } from 'commander';
import { type AccessOptions, apiAccess } from '../api/access.ts';
import { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';
import { settingsFor } from '../settings.ts';
import type { Terminal } from '../terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** The variables that are really set, without those of `.env`. */
  readonly env: Environment;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** The command did what it could, and the answer is not good. @param exitCode - default: 1 */
  markFailed(exitCode?: number): void;
}

export interface ApiOptions extends AccessOptions {
  readonly json?: boolean;
}

export function withApiOptions(command: Command): Command {
  return command
    .option('--url <url>', 'where the query API is (default: HOST and QUERY_API_PORT)')
    .option(
      '--token <token>',
      'token (default: ADMIN_TOKEN, READ_TOKEN, or on this machine DATA_DIR/admin-token)',
    )
    .option('--json', 'print JSON');
}

/** Of an option that may be repeated. @throws InvalidArgumentError where it is blank */
export function collectBotIds(value: string, before: readonly string[] = []): readonly string[] {
  if (value.trim() === '') throw new InvalidArgumentError('Must be the id of a bot.');
  return [...before, value];
}

const ADDRESS_VARIABLES = ['HOST', 'QUERY_API_PORT'] as const;
const TOKEN_VARIABLES = ['ADMIN_TOKEN', 'READ_TOKEN', 'DATA_DIR'] as const;

/** @throws CommandError when it is not clear where the query API is, or which token to show there. */
export async function openApi(options: AccessOptions, context: CommandContext): Promise<QueryApi> {
  const names = [
    ...(options.url === undefined ? ADDRESS_VARIABLES : []),
    ...(options.token === undefined ? TOKEN_VARIABLES : []),
  ];
  const { config } = settingsFor(names, context.env);
  return new QueryApi(await apiAccess(options, config));
}

/**
 * Asks before something is deleted; where nobody can be asked, `--yes` has to have said so.
 * @throws CommandError when it is not wanted
 */
export async function confirmed(
  question: string,
  yes: boolean | undefined,
  { terminal }: CommandContext,
): Promise<true> {
  if (yes) return true;
  if (!terminal.isInteractive) {
    throw new CommandError('This deletes data. Without a terminal it requires --yes.');
  }
  if (await terminal.confirm(question)) return true;
  throw new CommandError('nothing was done.');
}
