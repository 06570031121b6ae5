import type { Logger } from '../../runtime/logger.ts';
import type { EventLog } from '../event-log.ts';

export interface SqliteLogSettings {
  /** Folder of the database file; created when missing. */
  readonly directory: string;
  readonly retentionDays: number;
}

export function openSqliteEventLog(
  _settings: SqliteLogSettings,
  _logger: Logger,
): Promise<EventLog> {
  return Promise.reject(new Error('not written yet'));
}
