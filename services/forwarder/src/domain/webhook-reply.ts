/** Answers of bots that are requests to the Bot API (https://core.telegram.org/bots/api#making-requests-when-getting-updates). */

export interface WebhookReply {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}

export type ReadReply =
  | { readonly kind: 'none' }
  | { readonly kind: 'reply'; readonly reply: WebhookReply }
  /** It names a method, and cannot be carried out; `reason` completes "the reply …". */
  | { readonly kind: 'refused'; readonly reason: string };

/** What Telegram does not take from an answer either. */
const REFUSED_METHODS = /^(setwebhook|deletewebhook|close|logout|get.*)$/i;
const METHOD = /^[A-Za-z]{1,64}$/;
const NONE: ReadReply = { kind: 'none' };

/** @param contentType - of a 2xx answer; empty: it had none */
export function readReply(contentType: string, body: string): ReadReply {
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  switch (type.trim()) {
    case 'application/json':
      return replyOf(parsedJson(body));
    case 'application/x-www-form-urlencoded':
      return replyOf(Object.fromEntries(new URLSearchParams(body)));
    case 'multipart/form-data':
      return /name="?method"?/.test(body)
        ? { kind: 'refused', reason: 'is multipart/form-data; send JSON' }
        : NONE;
    default:
      return NONE;
  }
}

function replyOf(fields: Readonly<Record<string, unknown>>): ReadReply {
  const { method, ...params } = fields;
  if (typeof method !== 'string' || method === '') return NONE;
  if (!METHOD.test(method)) return { kind: 'refused', reason: 'names no method' };
  if (REFUSED_METHODS.test(method)) {
    return { kind: 'refused', reason: `names ${method}, which no reply may` };
  }
  return { kind: 'reply', reply: { method, params } };
}

function parsedJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
