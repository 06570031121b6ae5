/** Kafka connection settings. */
import type { TlsFiles } from '@hookpulse/common/runtime/tls-files';

export interface KafkaSettings {
  /** Where to begin, `host:port`; each that answers names all others. */
  readonly brokers: readonly string[];
  /** Whether to speak TLS, and with which files; `true`: with what Node trusts. */
  readonly ssl: boolean | TlsFiles;
  readonly sasl: KafkaSasl | null;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}
