/** A fleet with a past: put on the log before Hookpulse starts, which then counts and judges it. */
import type { Bot } from '@hookpulse/common/bots/bot';
import { newEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { backdateMessages } from '@hookpulse/event-log/sqlite/testing/backdate';
import { EVENTS_TOPIC, schemaHeader, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';

export interface Seed {
  readonly bots: readonly Bot[];
  readonly events: readonly WebhookEvent[];
  /** Whether the log took each event at its time; default: all arrived just before Hookpulse starts. */
  readonly isOnTime?: boolean;
}

/** What tells a delivery of any bot of the seed. */
export const WEBHOOK_SECRET = 'secret-of-every-seeded-bot';
const RETENTION_DAYS = 7;
const AT_ONCE = 5_000;

export async function seedDashboard(dataDir: string, seed: Seed): Promise<void> {
  const { bots, isOnTime = false } = seed;
  const events = isOnTime
    ? seed.events.toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
    : seed.events;
  const logger = silentLogger;
  const log = await openSqliteEventLog(
    { directory: dataDir, retentionDays: RETENTION_DAYS },
    logger,
  );
  try {
    await log.ensureTopics(TOPIC_SPECS);
    const registry = await openBotRegistry(log, logger);
    await Promise.all(bots.map((bot) => registry.put(bot)));
    await registry.close();
    const headers = schemaHeader(EVENTS_TOPIC);
    for (let at = 0; at < events.length; at += AT_ONCE) {
      await log.publish(
        events.slice(at, at + AT_ONCE).map((event) => ({
          topic: EVENTS_TOPIC,
          key: event.bot_id,
          value: JSON.stringify(event),
          headers,
        })),
      );
    }
  } finally {
    await log.close();
  }
  if (isOnTime) backdateMessages(dataDir, EVENTS_TOPIC);
}

export function seededBot(botId: string, name: string, nowMs: number): Bot {
  const createdAt = new Date(nowMs - 3 * 86_400_000).toISOString();
  return {
    bot_id: botId,
    name,
    enabled: true,
    webhook_secret_sha256: sha256Hex(WEBHOOK_SECRET),
    report_token_sha256: sha256Hex(`report-token-of-${botId}`),
    created_at: createdAt,
    updated_at: createdAt,
  };
}

/** So many updates of a bot, spread evenly before `nowMs`; one in `failsOneIn` fails (0: none). */
export function seededTraffic(
  botId: string,
  count: number,
  { spanMs, nowMs, failsOneIn }: { spanMs: number; nowMs: number; failsOneIn: number },
): WebhookEvent[] {
  return Array.from({ length: count }, (_, index) => {
    const timeMs = Math.floor(nowMs - (spanMs * (count - index)) / count);
    const isFailed = failsOneIn > 0 && index % failsOneIn === 0;
    const common = {
      bot_id: botId,
      timestamp: new Date(timeMs).toISOString(),
      update_id: index + 1,
      update_type: 'message',
    };
    const received = sampleEvent({
      ...common,
      event_id: newEventId(timeMs),
      event_type: 'received',
      status: 'success',
      ip_address: '149.154.167.220',
      telegram_signature_valid: true,
    });
    const done = sampleEvent({
      ...common,
      event_id: newEventId(timeMs),
      event_type: isFailed ? 'error' : 'processed',
      status: isFailed ? 'failed' : 'success',
      processing_time_ms: 20 + ((index * 37) % 180),
      error_type: isFailed ? 'DatabaseError' : null,
      error_message: isFailed ? 'no connection is left in the pool' : null,
      ip_address: null,
      telegram_signature_valid: null,
    });
    return [received, done];
  }).flat();
}
