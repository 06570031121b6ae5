/** Calls of the Bot API that a route waits for: limits are waited out, and what remains is an HTTP error. */
import { setTimeout as delay } from 'node:timers/promises';
import type { BotApiAnswer } from '@hookpulse/bot-api/bot-api-answer';
import {
  badRequest,
  conflict,
  type HttpError,
  unavailable,
} from '@hookpulse/service-kit/http/http-error';

/** Limits that last longer are told to the caller. */
const MAX_WAIT_SECONDS = 5;
const MAX_TRIES = 4;
const SECOND_MS = 1_000;

/** The result of the call. @throws HttpError: 400 for the token, 409 for a refusal, 503 else */
export async function resultOf<T>(call: () => Promise<BotApiAnswer<T>>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = await call();
    if (answer.kind === 'ok') return answer.result;
    const wait = answer.kind === 'refused' ? answer.retryAfterSeconds : null;
    const isShort = wait !== null && wait <= MAX_WAIT_SECONDS;
    if (!isShort || tries === MAX_TRIES) throw errorOf(answer);
    await delay(wait * SECOND_MS);
  }
}

function errorOf(answer: Exclude<BotApiAnswer<unknown>, { kind: 'ok' }>): HttpError {
  if (answer.kind === 'unreachable') {
    return unavailable(
      `The Bot API cannot be used (${answer.reason}). Check TELEGRAM_API_URL, and try again.`,
    );
  }
  const { errorCode, description, retryAfterSeconds } = answer;
  if (errorCode === 401 || errorCode === 404) {
    return badRequest(
      'Telegram does not know this bot token. Copy it from BotFather again; a revoked one does not work.',
    );
  }
  if (retryAfterSeconds !== null) {
    return unavailable(`Telegram asks to wait ${retryAfterSeconds} s. Try again then.`);
  }
  return conflict(`Telegram refuses: ${description}`);
}
