/**
 * What a backup is: a folder with `backup.json`, a copy of the embedded log, a copy of the embedded
 * store, and what else the data folder has that cannot be made again.
 */
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import { Value } from 'typebox/value';

const BackupInfoSchema = Type.Object({
  /** Of this layout. A later one is not restored by an earlier Hookpulse. */
  format: Type.Integer({ minimum: 1 }),
  created_at: Type.String(),
  version: Type.String(),
});
export type BackupInfo = Static<typeof BackupInfoSchema>;

export const BACKUP_FORMAT = 1;
export const STORE_FOLDER = 'store';
/** Of the data folder, as they are. */
const KEPT_FILES = ['admin-token', 'secrets-key', 'outbox'];
const INFO_FILE = 'backup.json';

export async function writeBackupInfo(folder: string, info: BackupInfo): Promise<void> {
  await writeFile(join(folder, INFO_FILE), `${JSON.stringify(info, null, 2)}\n`);
}

/** @throws Error with a sentence for who named the folder */
export async function readBackupInfo(folder: string): Promise<BackupInfo> {
  const text = await readFile(join(folder, INFO_FILE), 'utf8').catch(() => null);
  if (text === null) throw new Error(`${folder} is not a backup: it has no ${INFO_FILE}.`);
  const info = parseInfo(text);
  if (info === null) throw new Error(`${join(folder, INFO_FILE)} is damaged.`);
  if (info.format <= BACKUP_FORMAT) return info;
  throw new Error(
    `${folder} was made by Hookpulse ${info.version}, whose backups this one cannot read. Install that version.`,
  );
}

/** What engines on other machines may need as well: without its key their secrets cannot be read. */
export function holdsKeptFiles(folder: string): boolean {
  return KEPT_FILES.some((name) => existsSync(join(folder, name)));
}

export async function copyKeptFiles(from: string, to: string): Promise<void> {
  for (const name of KEPT_FILES) {
    if (existsSync(join(from, name)))
      await cp(join(from, name), join(to, name), { recursive: true });
  }
}

function parseInfo(text: string): BackupInfo | null {
  try {
    return Value.Parse(BackupInfoSchema, JSON.parse(text));
  } catch {
    return null;
  }
}
