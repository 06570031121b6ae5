/** What an answer over HTTP means for a notification: by its status, never by its text. */
import type { Verdict } from '../notification.ts';
import type { HttpAnswer } from './http-sender.ts';

/**
 * Of 4xx, those that somebody can mend at the receiver (a login, a proxy, a route: many proxies answer 404
 * while what is behind them restarts), or that say themselves that they are for now. All others are about
 * the message, which stays as it is.
 */
const FOR_NOW: ReadonlySet<number> = new Set([401, 403, 404, 407, 408, 409, 421, 423, 425, 429]);

/** @param host - named in the words, as the rest of the URL may be a secret */
export function verdictOf(
  answer: HttpAnswer,
  host: string,
  forNow: ReadonlySet<number> = FOR_NOW,
): Verdict {
  switch (answer.kind) {
    case 'failed':
      return { kind: 'later', detail: `${host}: ${answer.detail}`, afterMs: null };
    case 'forbidden':
      // Settings can be mended, and then it goes out.
      return { kind: 'later', detail: answer.detail, afterMs: null };
    case 'answered': {
      const { status, text, afterMs } = answer;
      const detail = `${host} answered ${status}${text === '' ? '' : ` "${text}"`}`;
      if (status >= 200 && status < 300) return { kind: 'taken', detail };
      const isFinal = status >= 400 && status < 500 && !forNow.has(status);
      return isFinal ? { kind: 'refused', detail } : { kind: 'later', detail, afterMs };
    }
    default:
      return answer satisfies never;
  }
}
