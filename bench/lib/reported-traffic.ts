/** Events of bots that report: half received, half processed with a duration. */
import { newEventId, receivedEventId } from '@hookpulse/common/events/event-identity';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';

/** Event number `n`: each update has two, one after the other, and bots take turns. */
export function reportedEvent(n: number, botCount: number): WebhookEvent {
  const botId = `bot-${(n >> 1) % botCount}`;
  const nowMs = Date.now();
  const received = n % 2 === 0;
  return {
    event_id: received ? receivedEventId(botId, n) : newEventId(nowMs),
    bot_id: botId,
    event_type: received ? 'received' : 'processed',
    status: 'success',
    timestamp: new Date(nowMs).toISOString(),
    update_id: n >> 1,
    update_type: 'message',
    processing_time_ms: received ? null : Math.exp(3 + Math.sin(n) * 2),
    response_time_ms: null,
    error_type: null,
    error_message: null,
    ip_address: '149.154.167.197',
    telegram_signature_valid: received ? true : null,
  };
}
