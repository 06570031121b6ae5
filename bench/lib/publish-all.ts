/** Puts many messages on a log, in order. */
import { setTimeout as delay } from 'node:timers/promises';
import type { EventLog, OutgoingMessage } from '@hookpulse/event-log/event-log';

const MESSAGES_PER_PUBLISH = 500;

/** @param perSecond - no faster than so many messages */
export async function publishAll(
  to: Pick<EventLog, 'publish'>,
  messages: Iterable<OutgoingMessage>,
  perSecond = Number.POSITIVE_INFINITY,
): Promise<void> {
  let chunk: OutgoingMessage[] = [];
  const startedMs = performance.now();
  let sent = 0;
  for (const message of messages) {
    chunk.push(message);
    if (chunk.length < MESSAGES_PER_PUBLISH) continue;
    await to.publish(chunk);
    sent += chunk.length;
    chunk = [];
    await delay(Math.max((sent / perSecond) * 1_000 - (performance.now() - startedMs), 0));
  }
  if (chunk.length > 0) await to.publish(chunk);
}
