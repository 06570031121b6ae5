/** Deliveries of Telegram to an app in this process: no socket, always the same bytes. */
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import { valueByteLength } from '@hookpulse/event-log/limits';
import { WEBHOOK_SECRET } from '@hookpulse/ingest/testing/bots';
import type { InjectOptions } from 'fastify';

export const SECRET_HEADERS = {
  'content-type': 'application/json',
  'x-telegram-bot-api-secret-token': WEBHOOK_SECRET,
} as const;

const FIRST_UPDATE_ID = 100_000_001;

/** A text message of usual size, with an `update_id` of its own. */
export function bodyOf(nth: number): string {
  const sender = { id: 1_111_111, first_name: 'Ada', username: 'ada' };
  return JSON.stringify({
    update_id: FIRST_UPDATE_ID + nth,
    message: {
      message_id: 1_365,
      from: { ...sender, is_bot: false, language_code: 'en' },
      chat: { ...sender, type: 'private' },
      date: 1_441_645_532,
      text: 'x'.repeat(250),
    },
  });
}

export interface Injectable {
  inject(options: InjectOptions): Promise<{ readonly statusCode: number }>;
}

/** Hands over `count` deliveries at once. @throws Error unless every one is answered 200 */
export async function deliver(app: Injectable, count: number, first = 0): Promise<void> {
  const answers = await Promise.all(
    Array.from({ length: count }, (_, nth) =>
      app.inject({
        method: 'POST',
        url: '/webhook/alpha',
        headers: SECRET_HEADERS,
        payload: bodyOf(first + nth),
      }),
    ),
  );
  const refused = answers.find(({ statusCode }) => statusCode !== 200);
  if (refused) throw new Error(`a delivery was answered ${refused.statusCode}`);
}

/** What a message takes on a log of any kind: key, value, headers. */
export function bytesOf({ key, value, headers = {} }: OutgoingMessage): number {
  return Buffer.byteLength(key + Object.entries(headers).join('')) + valueByteLength(value);
}
