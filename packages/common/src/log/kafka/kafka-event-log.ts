import type { Logger } from '../../runtime/logger.ts';
import type { EventLog } from '../event-log.ts';

/** Kafka connection settings, as kafkajs takes them. */
export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly ssl: boolean;
  readonly sasl: KafkaSasl | null;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export function openKafkaEventLog(
  _settings: KafkaSettings & { readonly clientId: string },
  _logger: Logger,
): Promise<EventLog> {
  return Promise.reject(new Error('not written yet'));
}
