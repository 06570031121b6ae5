/** Reports a Telegram bot's work to Hookpulse, and gets its updates from there: docs/guides/sdk.md in Hookpulse's repository. */
// biome-ignore-all lint/performance/noBarrelFile: It is the package's own entry.
export { type ConsumeUpdatesOptions, consumeUpdates, type UpdateConsumer } from './consumer.ts';
export {
  type EventDetails,
  type EventStatus,
  type EventType,
  INVALID_SIGNATURE,
  type ReportedEvent,
  type WebhookEvent,
} from './event.ts';
export { createReporter, type Reporter, type ReporterOptions } from './reporter.ts';
export { SECRET_HEADER, verifySecret } from './secret.ts';
export { chatKey, updateType } from './update.ts';
export type { TelegramUpdate, UpdateInfo } from './update-session.ts';
export { type WatchSecretOptions, watchSecret } from './watch-secret.ts';
