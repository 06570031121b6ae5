/** `hookpulse restore`: makes a data folder from a backup. */
import { resolve } from 'node:path';
import { restoreBackup } from '@hookpulse/service-kit/backup/restore-backup';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { settingsFor } from '../settings.ts';
import type { CommandContext } from './command-context.ts';
import { givenFolder } from './given-folder.ts';

interface RestoreOptions {
  readonly json?: boolean;
}

export function registerRestore(program: Command, context: CommandContext): void {
  program
    .command('restore <folder>')
    .description('fill DATA_DIR, which must be new, from a backup; `npm start` goes on from there')
    .option('--json', 'print JSON')
    .action((folder: string, options: RestoreOptions) => restore(folder, options, context));
}

async function restore(
  folder: string,
  options: RestoreOptions,
  { terminal, env }: CommandContext,
): Promise<void> {
  const { dataDir } = settingsFor(['DATA_DIR'], env).config;
  const info = await restoreBackup(givenFolder(folder), dataDir).catch((error: unknown) => {
    if (error instanceof Error) throw new CommandError(error.message);
    throw error;
  });
  const restored = { data_dir: resolve(dataDir), ...info };
  if (options.json) return terminal.print(JSON.stringify(restored, null, 2));
  terminal.print(terminal.style('green', `✓ ${restored.data_dir} is as of ${info.created_at}`));
  terminal.print('Start Hookpulse with this DATA_DIR.');
}
