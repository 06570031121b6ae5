/** `hookpulse backup`: a copy of the embedded engines, made while they are used. */
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BACKUPS_PATH, BackupSchema } from '@hookpulse/api/backup';
import { errorCode } from '@hookpulse/common/values/error-code';
import type { Command } from 'commander';
import { CommandError } from '../command-error.ts';
import { megabytes } from '../output/quantity.ts';
import {
  type ApiOptions,
  type CommandContext,
  openApi,
  withApiOptions,
} from './command-context.ts';
import { givenFolder } from './given-folder.ts';

export function registerBackup(program: Command, context: CommandContext): void {
  withApiOptions(
    program
      .command('backup <folder>')
      .description(
        'copy the embedded log and store of a running Hookpulse, secrets included, into a new folder',
      ),
  ).action((folder: string, options: ApiOptions) => backup(folder, options, context));
}

async function backup(folder: string, options: ApiOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const wanted = givenFolder(folder);
  if (existsSync(wanted)) throw new CommandError(`${wanted} exists already. Name a new folder.`);
  const api = await openApi(options, context);
  const made = await api.post(BACKUPS_PATH, {}, BackupSchema);
  if (!existsSync(made.folder)) {
    throw new CommandError(
      `The backup is on the machine where Hookpulse runs, in ${made.folder}: copy it from there.`,
    );
  }
  await move(made.folder, wanted);
  const moved = { ...made, folder: wanted };
  if (options.json) return terminal.print(JSON.stringify(moved, null, 2));
  terminal.print(terminal.style('green', `✓ backup of ${made.created_at}: ${wanted}`));
  terminal.print(
    `${megabytes(made.bytes)}, with tokens and keys: keep it as safe as the data folder.`,
  );
  terminal.print(`To restore it: DATA_DIR=<new folder> npx hookpulse restore ${folder}`);
}

async function move(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    const unfinished = `${to}.unfinished`;
    await cp(from, unfinished, { recursive: true });
    await rename(unfinished, to);
    await rm(from, { recursive: true });
  }
}
