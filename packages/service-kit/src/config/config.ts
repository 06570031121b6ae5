/** The configuration, grouped as the parts of the system take it. */

import type { EnvironmentDefaults } from '@hookpulse/common/alerts/rules/rule';
import type { EventLogSettings } from '@hookpulse/event-log/open-event-log';
import type { ClickHouseSettings } from '@hookpulse/store/open-client';
import type { LogLevel } from '../process/create-logger.ts';
import type { TrustProxy } from './address-formats.ts';
import type { Values } from './variables.ts';

export interface Config {
  /** Absolute. */
  readonly dataDir: string;
  readonly log: EventLogSettings;
  readonly clickhouse: ClickHouseSettings;
  readonly http: HttpConfig;
  readonly tokens: TokenConfig;
  readonly health: HealthConfig;
  readonly events: EventConfig;
  readonly alerts: AlertConfig;
  readonly mail: MailConfig;
  readonly channels: ChannelsConfig;
  readonly secrets: SecretsConfig;
  readonly forwarding: ForwardingConfig;
  readonly metrics: MetricsConfig;
  readonly logLevel: LogLevel;
  readonly telemetry: TelemetryConfig;
  /** The same, by variable: what `configSummary` and `doctor` show. */
  readonly values: Values;
}

export interface HttpConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly ports: Readonly<
    Record<'ingest' | 'queryApi' | 'aggregator' | 'alerter' | 'forwarder', number>
  >;
  /** Processes that share the port of ingest. */
  readonly ingestWorkers: number;
  readonly trustProxy: TrustProxy;
  /** Origins whose pages may ask the query API; none: only its own. */
  readonly corsOrigins: readonly string[];
  /** Requests per minute that the query API accepts; 0: no limit. */
  readonly rateLimits: { readonly perAddress: number; readonly perToken: number };
}

/** As set in the environment; null: not set there. */
export interface TokenConfig {
  readonly admin: string | null;
  readonly read: string | null;
  /** Names under which what needs no token may be asked for, beside loopback names; null: any. */
  readonly openTo: readonly string[] | null;
}

export interface HealthConfig {
  /** Error rate, 0 to 1, above which a bot is `unhealthy`. */
  readonly errorRateThreshold: number;
}

export interface EventConfig {
  readonly retentionDays: number;
  /** Of hourly metrics; null: they are kept. */
  readonly metricsRetentionDays: number | null;
  /** An update that was not processed within this time is a `Timeout` error. */
  readonly processingTimeoutMs: number;
}

export interface AlertConfig {
  /** False: rules are judged and shown, and nothing is sent. */
  readonly enabled: boolean;
  /** What the rules are judged by where nothing nearer is set; holds the sliding window, too. */
  readonly defaults: EnvironmentDefaults;
  /** Called while the alerter judges. */
  readonly heartbeatUrl: string | null;
}

export interface MailConfig {
  /** Null: mails are written to `outboxDir`. */
  readonly smtpUrl: string | null;
  readonly outboxDir: string;
  readonly from: string;
  /** Addresses, and URLs with their secrets. */
  readonly to: readonly string[];
  /** Where people reach the query API; null: mails have no links. */
  readonly publicUrl: string | null;
}

/** As set in the environment; null: not set there. */
export interface SecretsConfig {
  readonly key: string | null;
  /** Opens what was encrypted before the key was replaced. */
  readonly previousKey: string | null;
}

/** Of notifications that are not mailed. */
export interface ChannelsConfig {
  /** Patterns of hosts in private networks that may be sent to. */
  readonly allowedHosts: readonly string[];
  readonly telegramApiUrl: string;
  readonly pagerDutyApiUrl: string;
  /** The bot that sends where none is named; null: there is none. */
  readonly botToken: string | null;
  /** `whsec_…`, for webhooks that have none of their own; null: there is none. */
  readonly webhookSecret: string | null;
}

export interface ForwardingConfig {
  /** Patterns of hosts; none: all but link-local and metadata addresses. */
  readonly allowedHosts: readonly string[];
  readonly telegramApiUrl: string;
  /** Where Telegram reaches ingest; null: not known. */
  readonly ingestUrl: string | null;
}

export interface MetricsConfig {
  /** Whether deliveries are counted by bot. */
  readonly byBot: boolean;
  /** Bots with series of their own. */
  readonly botLimit: number;
}

/** What is not null is switched on. */
export interface TelemetryConfig {
  readonly traces: TracesConfig | null;
  readonly sentry: SentryConfig | null;
}

export interface TracesConfig {
  /** Of an OTLP receiver over HTTP, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A name of OpenTelemetry's, such as `parentbased_traceidratio`. */
  readonly sampler: string;
  /** Share of traces, 0 to 1, of the samplers that take one. */
  readonly samplerArg: number;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

export interface SentryConfig {
  readonly dsn: string;
  readonly environment: string | null;
  /** Whether errors that bots report become issues. */
  readonly botErrors: boolean;
  /** Share of them, 0 to 1. */
  readonly botErrorSampleRate: number;
  /** Where people reach the dashboard; null: issues have no links. */
  readonly publicUrl: string | null;
  /** Texts that no report may have in it. */
  readonly secrets: readonly string[];
}
