/** Sends updates to the URL of one bot, by connections of its own. */

import { hideBotTokens } from '@hookpulse/common/values/hidden-token';
import { retryAfterMs } from '@hookpulse/common/values/retry-after';
import { basicAuthorization } from '@hookpulse/common/values/url-credentials';
import { updateHttpHeaders } from '@hookpulse/event-log/record-headers';
import type { HostGuard } from '@hookpulse/service-kit/http/host-guard';
import { Connections } from './connections.ts';
import { decodedBody } from './decoded-body.ts';
import { describeFailure, type FailureWords } from './describe-failure.ts';
import { exchange, type RawAnswer } from './exchange.ts';
import type { IdleConnections } from './idle-connections.ts';

/** Everything that decides how requests of a bot look; another target is another sender. */
export interface Target {
  readonly url: string;
  /** `user:password`; null: none. */
  readonly credentials: string | null;
  /** Null: no header. */
  readonly secret: string | null;
}

export interface Delivery {
  readonly botId: string;
  readonly body: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly attempt: number;
  /** A UUID; the same for every attempt and replay of an update. */
  readonly eventId: string;
  /** Null: it comes from Telegram. */
  readonly replayId: string | null;
  /** Of this attempt, or of the delivery by Telegram; null: neither is traced. */
  readonly traceparent: string | null;
  /** Of the whole request, answer included. */
  readonly timeoutMs: number;
}

export type Answer =
  | {
      readonly isOk: true;
      /** From when the request was sent, on a connection that stood, to the end of the answer. */
      readonly durationMs: number;
      readonly contentType: string;
      /** Its beginning, at most 64 KiB. */
      readonly body: Uint8Array;
      readonly isWhole: boolean;
    }
  | (FailureWords & {
      readonly isOk: false;
      readonly durationMs: number;
      readonly retryAfterMs: number | null;
    });

const MAX_ANSWER_BYTES = 65_536;
const MAX_QUOTED_CHARACTERS = 200;
const CONNECT_TIMEOUT_MS = 10_000;
/** Below that of common servers (5 s and more), so that no request meets a connection that closes. */
const KEEP_ALIVE_MS = 4_000;

export class BotSender {
  readonly #target: Target;
  readonly #guard: HostGuard;
  readonly #connections: Connections;
  readonly #host: string;
  readonly #path: string;

  /** @param idle - connections of all senders */
  constructor(target: Target, guard: HostGuard, idle: IdleConnections) {
    const { origin, hostname, pathname, search } = new URL(target.url);
    this.#target = target;
    this.#guard = guard;
    this.#host = hostname;
    this.#path = `${pathname}${search}`;
    this.#connections = new Connections(origin, idle, {
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Also where a server offers more: thousands of bots would keep as many descriptors open.
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // The time of the whole exchange is bounded.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { lookup: guard.lookup, timeout: CONNECT_TIMEOUT_MS },
    });
  }

  /** Never rejects. The caller has no more under way at once than the bot's `max_connections`. */
  async send(delivery: Delivery): Promise<Answer> {
    const startedMs = performance.now();
    const { body, timeoutMs } = delivery;
    try {
      // Addresses in the URL itself are not looked up.
      this.#guard.assertAllowed(this.#host);
      const post = {
        path: this.#path,
        headers: this.#headers(delivery),
        body,
        timeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      };
      const answer = await this.#connections.use((client) => exchange(client, post));
      return judged(answer);
    } catch (error) {
      const words = describeFailure(error, timeoutMs);
      return {
        isOk: false,
        durationMs: performance.now() - startedMs,
        ...words,
        retryAfterMs: null,
      };
    }
  }

  /** Closes once what is under way has ended. Nothing may be sent any more. */
  async retire(): Promise<void> {
    await this.#connections.retire();
  }

  /** Gives up what is under way. */
  async close(): Promise<void> {
    await this.#connections.destroy();
  }

  #headers(delivery: Delivery): Record<string, string> {
    const { botId, receivedAt, attempt, eventId, replayId, traceparent } = delivery;
    const { credentials, secret } = this.#target;
    return {
      ...updateHttpHeaders(eventId, botId, receivedAt, replayId),
      'x-hookpulse-attempt': String(attempt),
      'x-hookpulse-event-id': eventId,
      ...(replayId === null ? {} : { 'x-hookpulse-replay': replayId }),
      traceparent: traceparent ?? untraced(eventId, attempt),
      ...(secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret }),
      ...basicAuthorization(credentials),
    };
  }
}

/** Of one trace are all attempts of an update, also where Hookpulse traces nothing (https://www.w3.org/TR/trace-context/). */
function untraced(eventId: string, attempt: number): string {
  const trace = eventId.replaceAll('-', '');
  return `00-${trace}-${trace.slice(0, 8)}${attempt.toString(16).padStart(8, '0').slice(-8)}-01`;
}

function judged({ statusCode, headers, durationMs, ...read }: RawAnswer): Answer {
  const encoding = String(headers['content-encoding'] ?? '');
  const { body, isWhole } = decodedBody(read, encoding, MAX_ANSWER_BYTES);
  if (statusCode >= 200 && statusCode < 300) {
    const contentType = String(headers['content-type'] ?? '');
    return { isOk: true, durationMs, contentType, body, isWhole };
  }
  return {
    isOk: false,
    durationMs,
    errorType: `Http${statusCode}`,
    message: `status ${statusCode}${quoted(body.toString('utf8'))}`,
    retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
  };
}

function quoted(text: string): string {
  // Many answers repeat the path of the request, where many bots have their token. It could be cut in
  // two by the end of the quote.
  // What ends within a character could not be stored.
  const hidden = hideBotTokens(text.trim()).slice(0, 2 * MAX_QUOTED_CHARACTERS);
  const start = [...hidden].slice(0, MAX_QUOTED_CHARACTERS).join('').toWellFormed();
  return start === '' ? '' : `: ${start}`;
}
