/** A notification that tells of no alert. */
import { randomUUID } from 'node:crypto';
import type { Notification } from './notification.ts';

const SUBJECT = '🔔 Test notification from Hookpulse';
const TEXT =
  'Somebody asked Hookpulse to send this, to see whether its alerts arrive here. There is nothing to do.';

/** @param receiver - by its short name */
export function testNotification(receiver: string, nowMs: number): Notification {
  return {
    messageId: `<test.${randomUUID()}@hookpulse>`,
    inReplyTo: null,
    to: [receiver],
    subject: SUBJECT,
    text: TEXT,
    html: `<!doctype html>\n<html lang="en"><body><p>${TEXT}</p></body></html>\n`,
    dateMs: nowMs,
    kind: 'test',
    alerts: [],
  };
}
