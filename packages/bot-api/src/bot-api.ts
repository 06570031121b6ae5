/** Telegram's Bot API, or a local Bot API server, for one bot (https://core.telegram.org/bots/api). */
import { connectionFailure } from '@hookpulse/common/values/connection-failure';
import { requestTarget } from '@hookpulse/common/values/url-credentials';
import Type from 'typebox';
import { answerReader, type BotApiAnswer } from './bot-api-answer.ts';
import {
  type BotUser,
  BotUserSchema,
  type WebhookInfo,
  WebhookInfoSchema,
  type WebhookSettings,
} from './bot-api-types.ts';

export interface BotApiOptions {
  /** As `TELEGRAM_API_URL`: `https://api.telegram.org`. Credentials in it are sent as Basic. */
  readonly apiUrl: string;
  /** Leaves this object in the address of requests only: no answer and no error carries it. */
  readonly token: string;
  /** How long one call may take, milliseconds. Default: 15 s. */
  readonly timeoutMs?: number;
}

/** Each call is made once; whether and when to repeat it is the caller's decision. None rejects. */
export interface BotApi {
  getMe(): Promise<BotApiAnswer<BotUser>>;
  getWebhookInfo(): Promise<BotApiAnswer<WebhookInfo>>;
  /** At most once a second for each bot. Pending updates stay unless `drop_pending_updates` is set. */
  setWebhook(settings: WebhookSettings): Promise<BotApiAnswer<true>>;
  deleteWebhook(): Promise<BotApiAnswer<true>>;
  /** Any other method. @param params - sent as JSON; a form, which may hold files, as multipart */
  call(method: string, params?: object | FormData): Promise<BotApiAnswer<unknown>>;
}

const DEFAULT_TIMEOUT_MS = 15_000;
/** Letters alone: a name from outside cannot lead to another path. */
const METHOD = /^[A-Za-z]{1,64}$/;

const readUser = answerReader(BotUserSchema);
const readWebhookInfo = answerReader(WebhookInfoSchema);
const readTrue = answerReader(Type.Literal(true));
const readAnything = answerReader(Type.Unknown());

export function createBotApi(options: BotApiOptions): BotApi {
  const { apiUrl, token, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { url, headers: authorization } = requestTarget(apiUrl);
  const base = `${url.replace(/\/+$/, '')}/bot${token}`;

  async function send<T>(
    method: string,
    params: object | FormData,
    read: (body: string) => BotApiAnswer<T>,
  ): Promise<BotApiAnswer<T>> {
    try {
      const { headers, body } = encoded(params);
      const response = await fetch(`${base}/${method}`, {
        method: 'POST',
        headers: { ...headers, ...authorization },
        body,
        // A redirect could hand the token to another server.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return read(await response.text());
    } catch (error) {
      const { kind } = connectionFailure(error);
      return { kind: 'unreachable', reason: kind === 'other' ? 'connection closed' : kind };
    }
  }

  return {
    getMe: () => send('getMe', {}, readUser),
    getWebhookInfo: () => send('getWebhookInfo', {}, readWebhookInfo),
    setWebhook: (settings) => send('setWebhook', settings, readTrue),
    deleteWebhook: () => send('deleteWebhook', {}, readTrue),
    async call(method, params = {}) {
      if (METHOD.test(method)) return send(method, params, readAnything);
      const description = 'Not Found: the name of a method has letters only';
      return { kind: 'refused', errorCode: 404, description, retryAfterSeconds: null };
    },
  };
}

/** Of a form `fetch` sets the type itself, with the boundary. */
function encoded(params: object | FormData): {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FormData;
} {
  if (params instanceof FormData) return { headers: {}, body: params };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(params) };
}
