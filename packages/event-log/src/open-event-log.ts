/** The only place that knows which engine carries the log. */
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from './event-log.ts';
import { type KafkaSettings, openKafkaEventLog } from './kafka/kafka-event-log.ts';
import { openSqliteEventLog } from './sqlite/sqlite-event-log.ts';

export interface EventLogSettings {
  /** Null: the embedded log in `dataDir`. */
  readonly kafka: KafkaSettings | null;
  readonly dataDir: string;
  /** Retention of non-compacted topics in the embedded log, days. */
  readonly retentionDays: number;
  /** Shown to brokers as the client's name. */
  readonly clientId: string;
}

/** Opens the log. @throws LogRefusedError, or LogUnavailableError when it cannot be reached. */
export function openEventLog(settings: EventLogSettings, logger: Logger): Promise<EventLog> {
  return settings.kafka
    ? openKafkaEventLog({ ...settings.kafka, clientId: settings.clientId }, logger)
    : openSqliteEventLog(
        { directory: settings.dataDir, retentionDays: settings.retentionDays },
        logger,
      );
}
