/** Every topic of Hookpulse: the names that stream consumers subscribe to (contract, section 4). */
import type { TopicSpec } from './event-log.ts';

export const EVENTS_TOPIC = 'webhook.events';
export const UPDATES_TOPIC = 'telegram.updates';
/** How far the forwarder has come with each bot. */
export const FORWARDING_TOPIC = 'telegram.forwarding';
/** What the forwarder does for each bot now. */
export const FORWARDING_STATUS_TOPIC = 'telegram.forwarding-status';
/** Updates that were given up, with the reason. */
export const DEAD_UPDATES_TOPIC = 'telegram.updates.dead';
export const ALERTS_TOPIC = 'webhook.alerts';
export const BOTS_TOPIC = 'webhook.bots';
/** What became of the mails of alerts. */
export const ALERT_MAILS_TOPIC = 'webhook.alert-mails';
/** Silences, and the alert settings of all bots. */
export const ALERT_SETTINGS_TOPIC = 'webhook.alert-settings';
/** Groups of errors that people resolved or ignore. */
export const ERROR_MARKS_TOPIC = 'webhook.error-marks';
/** What people noted on the time line, such as deployments. */
export const ANNOTATIONS_TOPIC = 'webhook.annotations';
/** Status pages; keys of secret links only as SHA-256. */
export const STATUS_PAGES_TOPIC = 'webhook.status-pages';
/** Views of the dashboard that people saved. */
export const SAVED_VIEWS_TOPIC = 'webhook.saved-views';
/** When ingest listened. */
export const PRESENCE_TOPIC = 'webhook.presence';
/** Which bots have had an event since they were enabled. */
export const FIRST_EVENTS_TOPIC = 'webhook.first-events';
export const REBUILDS_TOPIC = 'webhook.rebuilds';
/** The audit: changes and who made them. */
export const AUDIT_TOPIC = 'webhook.audit';
/** Browsers that are signed in; secrets only as SHA-256. */
export const SESSIONS_TOPIC = 'webhook.sessions';
/** Named tokens; secrets only as SHA-256. */
export const TOKENS_TOPIC = 'webhook.tokens';
export const DEAD_LETTER_TOPIC = 'webhook.events.dlq';

/** The consumer group that counts `webhook.events`; its committed offsets tell its lag. */
export const AGGREGATOR_GROUP = 'hookpulse-aggregator';
/**
 * The consumer group of the alerters: the owner of a partition of `webhook.events` evaluates its
 * bots.
 */
export const ALERTER_GROUP = 'hookpulse-alerter';
/** The consumer group that hands `telegram.updates` to the URLs of bots. */
export const FORWARDER_GROUP = 'hookpulse-forwarder';
/** The group that keeps the history of alerts in the store. */
export const ALERT_HISTORY_GROUP = 'hookpulse-alert-history';

/** Enough for a dozen aggregators or alerters; more cannot share the work of one topic. */
const DEFAULT_PARTITIONS = 12;
/** One partition, so that changes have one order for everybody. */
const REGISTRY_PARTITIONS = 1;
/** A message every ten seconds of each ingest, and one for each bot. */
const PRESENCE_PARTITIONS = 1;
/** Longer than any rule looks back. */
const PRESENCE_RETENTION_DAYS = 2;
/** A few messages for each rebuild. */
const REBUILDS_PARTITIONS = 1;
/** One, so that all changes have one order. */
const AUDIT_PARTITIONS = 1;
/** One, so that who was let in and who was shut out have one order. */
const ACCESS_PARTITIONS = 1;
/** A quarter: what is asked after an incident, or at a review. */
const AUDIT_RETENTION_DAYS = 90;

export const TOPIC_SPECS: readonly TopicSpec[] = [
  { name: EVENTS_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: false },
  { name: UPDATES_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: false },
  { name: FORWARDING_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: true },
  { name: FORWARDING_STATUS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: DEAD_UPDATES_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: false },
  { name: ALERTS_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: true },
  { name: ALERT_MAILS_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: true },
  { name: ALERT_SETTINGS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: ERROR_MARKS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: ANNOTATIONS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: STATUS_PAGES_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: SAVED_VIEWS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  { name: BOTS_TOPIC, partitions: REGISTRY_PARTITIONS, compacted: true },
  {
    name: PRESENCE_TOPIC,
    partitions: PRESENCE_PARTITIONS,
    compacted: false,
    retentionDays: PRESENCE_RETENTION_DAYS,
  },
  { name: FIRST_EVENTS_TOPIC, partitions: PRESENCE_PARTITIONS, compacted: true },
  { name: REBUILDS_TOPIC, partitions: REBUILDS_PARTITIONS, compacted: true },
  {
    name: AUDIT_TOPIC,
    partitions: AUDIT_PARTITIONS,
    // By entry, so that names can be taken out of one (docs/decisions/0016).
    compacted: true,
    retentionDays: AUDIT_RETENTION_DAYS,
  },
  { name: SESSIONS_TOPIC, partitions: ACCESS_PARTITIONS, compacted: true },
  { name: TOKENS_TOPIC, partitions: ACCESS_PARTITIONS, compacted: true },
  { name: DEAD_LETTER_TOPIC, partitions: DEFAULT_PARTITIONS, compacted: false },
];

/**
 * Header of updates that were put on `telegram.updates` once more: the id of the replay. What has none
 * came from Telegram.
 */
export const REPLAY_HEADER = 'replay-id';

/** Header that names the shape of a value, e.g. `webhook.events.v1`. */
const SCHEMA_HEADER = 'schema';

export function schemaHeader(topic: string): Record<string, string> {
  return { [SCHEMA_HEADER]: schemaName(topic) };
}

export function schemaName(topic: string): string {
  return `${topic}.v1`;
}
