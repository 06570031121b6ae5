/** A backup of the embedded engines. */
import { Count } from '@hookpulse/common/values/count';
import Type, { type Static } from 'typebox';

export const BackupSchema = Type.Object({
  folder: Type.String({ description: 'absolute path, on the machine where Hookpulse runs' }),
  created_at: Type.String({ format: 'date-time' }),
  version: Type.String({ description: 'of the Hookpulse that made it' }),
  bytes: Count,
});
export type Backup = Static<typeof BackupSchema>;

export const BACKUPS_PATH = '/api/admin/backups';
