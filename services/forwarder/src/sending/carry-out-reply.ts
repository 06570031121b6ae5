/** Carries out what a bot has answered, at the Bot API. */
import { createBotApi } from '@hookpulse/bot-api/bot-api';
import type { WebhookReply } from '../domain/webhook-reply.ts';
import { FAILURE_TYPES, type FailureWords } from './describe-failure.ts';

/** Null: the Bot API has done it. Never rejects; no words hold the token. */
export type CarryOutReply = (token: string, reply: WebhookReply) => Promise<FailureWords | null>;

/** The next update of the chat waits so long at most. */
const TIMEOUT_MS = 10_000;

/** @param apiUrl - as `TELEGRAM_API_URL` */
export function createCarryOutReply(apiUrl: string): CarryOutReply {
  return async (token, { method, params }) => {
    const answer = await createBotApi({ apiUrl, token, timeoutMs: TIMEOUT_MS }).call(
      method,
      params,
    );
    switch (answer.kind) {
      case 'ok':
        return null;
      case 'refused':
        return {
          errorType: `BotApi${answer.errorCode}`,
          message: `${method}: ${answer.description}`,
        };
      case 'unreachable': {
        const { reason } = answer;
        const type = reason === 'not a Bot API' ? 'Unreadable' : FAILURE_TYPES[reason];
        return { errorType: `BotApi${type}`, message: `${method}: ${reason}` };
      }
    }
  };
}
