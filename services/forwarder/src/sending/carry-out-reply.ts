/** Carries out what a bot has answered, at the Bot API. */
import { describeFailure, type FailureWords } from './describe-failure.ts';
import type { WebhookReply } from '../domain/webhook-reply.ts';

/** Null: the Bot API has done it. Never rejects; no words hold the token. */
export type CarryOutReply = (token: string, reply: WebhookReply) => Promise<FailureWords | null>;

/** The next update of the chat waits so long at most. */
const TIMEOUT_MS = 10_000;

/** @param apiUrl - as `TELEGRAM_API_URL` */
export function createCarryOutReply(apiUrl: string): CarryOutReply {
  return async (token, { method, params }) => {
    try {
      const answer = await fetch(`${apiUrl.replace(/\/+$/, '')}/bot${token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(params),
        // Elsewhere nobody is to learn the token.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.ok) {
        await answer.body?.cancel();
        return null;
      }
      const description = descriptionOf(await answer.text());
      return { errorType: `BotApi${answer.status}`, message: `${method}: ${description}` };
    } catch (error) {
      const { errorType, message } = describeFailure(causeOf(error), TIMEOUT_MS);
      return { errorType: `BotApi${errorType}`, message: `${method}: ${message}` };
    }
  };
}

function descriptionOf(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const has = typeof value === 'object' && value !== null && 'description' in value;
    return has ? String(value.description) : 'the Bot API refused it';
  } catch {
    return 'what answered is no Bot API';
  }
}

/** `fetch` only says that it failed; the code is that of the error within. */
function causeOf(error: unknown): unknown {
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'cause' in error && error.cause !== undefined ? error.cause : error;
}
