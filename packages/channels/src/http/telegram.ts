/** Messages to a chat by `sendMessage` (https://core.telegram.org/bots/api#sendmessage). */
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import type { Notification, Verdict } from '../notification.ts';
import { cutText } from './cut-text.ts';

export interface TelegramTarget {
  readonly chatId: string;
  readonly topicId: number | null;
  /** Of the bot that sends. */
  readonly token: string;
}

export interface TelegramOptions {
  /** As `TELEGRAM_API_URL`. */
  readonly apiUrl: string;
  /** Milliseconds. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Of a message's text, by Telegram. */
const MAX_CHARACTERS = 4_096;
/** A token that was revoked (401) or mistyped (404) can be set anew. */
const FOR_NOW: ReadonlySet<number> = new Set([401, 404, 409, 429]);

export async function sendTelegram(
  { subject, text }: Notification,
  { chatId, topicId, token }: TelegramTarget,
  { apiUrl, timeoutMs = DEFAULT_TIMEOUT_MS }: TelegramOptions,
): Promise<Verdict> {
  const answer = await createBotApi({ apiUrl, token, timeoutMs }).call('sendMessage', {
    chat_id: chatId.startsWith('@') ? chatId : Number(chatId),
    ...(topicId === null ? {} : { message_thread_id: topicId }),
    text: cutText(`${subject}\n\n${text}`, MAX_CHARACTERS),
    link_preview_options: { is_disabled: true },
  });
  switch (answer.kind) {
    case 'ok':
      return { kind: 'taken', detail: 'Telegram took the message' };
    case 'unreachable':
      return { kind: 'later', detail: `Telegram: ${answer.reason}`, afterMs: null };
    case 'refused': {
      const { errorCode, description, retryAfterSeconds } = answer;
      const detail = `Telegram answered ${errorCode} "${description}"`;
      if (errorCode < 500 && !FOR_NOW.has(errorCode)) return { kind: 'refused', detail };
      const afterMs = retryAfterSeconds === null ? null : retryAfterSeconds * 1_000;
      return { kind: 'later', detail, afterMs };
    }
    default:
      return answer satisfies never;
  }
}
