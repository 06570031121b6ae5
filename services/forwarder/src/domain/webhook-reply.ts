/** Answers of bots that are requests to the Bot API (https://core.telegram.org/bots/api#making-requests-when-getting-updates). */

export interface WebhookReply {
  readonly method: string;
  /** A form where the answer was multipart: it may hold files. */
  readonly params: Readonly<Record<string, unknown>> | FormData;
}

export type ReadReply =
  | { readonly kind: 'none' }
  | { readonly kind: 'reply'; readonly reply: WebhookReply }
  /** It names a method, and cannot be carried out; `reason` completes "the reply …". */
  | { readonly kind: 'refused'; readonly reason: string };

/** A 2xx answer of a bot. */
export interface BotAnswer {
  /** Empty: it had none. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** False: `body` is only its beginning, because it is longer than is read. */
  readonly isWhole: boolean;
}

/** What Telegram does not take from an answer either. */
const REFUSED_METHODS = /^(setwebhook|deletewebhook|close|logout|get.*)$/i;
const METHOD = /^[A-Za-z]{1,64}$/;
/** Of an answer that was cut off: whether it would have been a reply. */
const METHOD_IN_JSON = /"method"\s*:/;
const METHOD_IN_FORM = /(^|&)method=/;
const METHOD_IN_MULTIPART = /name="?method"?/;
const UTF8 = new TextDecoder();
const NONE: ReadReply = { kind: 'none' };

/** Never rejects. */
export async function readReply(answer: BotAnswer): Promise<ReadReply> {
  const [type = ''] = answer.contentType.toLowerCase().split(';', 1);
  switch (type.trim()) {
    case 'application/json':
      return answer.isWhole ? fromFields(parsedJson(textOf(answer))) : cut(answer, METHOD_IN_JSON);
    case 'application/x-www-form-urlencoded':
      return answer.isWhole
        ? fromFields(Object.fromEntries(new URLSearchParams(textOf(answer))))
        : cut(answer, METHOD_IN_FORM);
    case 'multipart/form-data':
      return answer.isWhole ? fromForm(await parsedForm(answer)) : cut(answer, METHOD_IN_MULTIPART);
    default:
      return NONE;
  }
}

function fromFields(fields: Readonly<Record<string, unknown>>): ReadReply {
  const { method, ...params } = fields;
  return replyOf(method, params);
}

function fromForm(form: FormData): ReadReply {
  const method = form.get('method');
  form.delete('method');
  return replyOf(method, form);
}

function replyOf(method: unknown, params: WebhookReply['params']): ReadReply {
  if (typeof method !== 'string' || method === '') return NONE;
  if (!METHOD.test(method)) return { kind: 'refused', reason: 'names no method' };
  if (REFUSED_METHODS.test(method)) {
    return { kind: 'refused', reason: `names ${method}, which no reply may` };
  }
  return { kind: 'reply', reply: { method, params } };
}

function cut(answer: BotAnswer, method: RegExp): ReadReply {
  if (!method.test(textOf(answer))) return NONE;
  const reason = `is longer than ${answer.body.byteLength} bytes; call the method instead`;
  return { kind: 'refused', reason };
}

/** Without the byte order mark that some servers put before JSON. */
function textOf({ body }: BotAnswer): string {
  return UTF8.decode(body);
}

function parsedJson(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Empty where it is no form. */
async function parsedForm({ contentType, body }: BotAnswer): Promise<FormData> {
  const headers = { 'content-type': contentType };
  try {
    return await new Response(new Uint8Array(body), { headers }).formData();
  } catch {
    return new FormData();
  }
}
