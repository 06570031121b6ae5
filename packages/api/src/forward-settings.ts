/** What callers set and see of the forwarding of a bot's updates (contract, section 8). */
import { type Bot, WebhookSecret } from '@hookpulse/common/bots/bot';
import {
  DEFAULT_FORWARD_ORDER,
  DEFAULT_MAX_CONNECTIONS,
  FORWARD_ORDERS,
  type Forward,
  MAX_CONNECTIONS_LIMIT,
  SEALED_FIELDS,
} from '@hookpulse/common/bots/forwarding';
import { Nullable } from '@hookpulse/common/events/webhook-event';
import { hasHiddenToken, hideBotTokens } from '@hookpulse/common/values/hidden-token';
import { iso } from '@hookpulse/common/values/iso';
import {
  CREDENTIAL_ESCAPES,
  seemsUnescaped,
  splitCredentials,
} from '@hookpulse/common/values/url-credentials';
import Type, { type Static } from 'typebox';

const MAX_URL_LENGTH = 2_048;
const MIN_TIMEOUT_SECONDS = 0.1;
const MAX_TIMEOUT_SECONDS = 600;

const fields = {
  secret: Type.Optional(
    Nullable(
      Type.String({
        ...WebhookSecret,
        description: `1 to 256 of A-Z a-z 0-9 _ -; sent in X-Telegram-Bot-Api-Secret-Token. null: the header is not sent`,
      }),
    ),
  ),
  max_connections: Type.Optional(
    Nullable(
      Type.Integer({
        minimum: 1,
        maximum: MAX_CONNECTIONS_LIMIT,
        description: `a whole number from 1 to ${MAX_CONNECTIONS_LIMIT}; null: ${DEFAULT_MAX_CONNECTIONS}`,
      }),
    ),
  ),
  timeout_seconds: Type.Optional(
    Nullable(
      Type.Number({
        minimum: MIN_TIMEOUT_SECONDS,
        maximum: MAX_TIMEOUT_SECONDS,
        description: `a number of seconds from ${MIN_TIMEOUT_SECONDS} to ${MAX_TIMEOUT_SECONDS} for a whole request; null: the processing timeout`,
      }),
    ),
  ),
  order: Type.Optional(
    Nullable(
      Type.Enum(FORWARD_ORDERS, {
        description: `chat or none; chat: as Telegram orders updates. null: ${DEFAULT_FORWARD_ORDER}`,
      }),
    ),
  ),
  paused: Type.Optional(
    Nullable(Type.Boolean({ description: 'true or false; true: updates wait on the log' })),
  ),
};

const URL_MEANING = `an http or https URL of at most ${MAX_URL_LENGTH} characters`;
const Url = Type.String({
  pattern: '^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\s][^\\s]*$',
  maxLength: MAX_URL_LENGTH,
  description: URL_MEANING,
});

export const NewForwardSchema = Type.Object(
  { url: Url, ...fields },
  { additionalProperties: false, examples: [{ url: 'https://bot.example.com/webhook' }] },
);

export const ForwardPatchSchema = Type.Object(
  { url: Type.Optional(Url), ...fields },
  {
    additionalProperties: false,
    description: 'where and how updates are forwarded; what is left out stays as it is',
    examples: [{ url: 'https://bot.example.com/webhook' }],
  },
);
export type ForwardPatch = Static<typeof ForwardPatchSchema>;

/** Of the Bot API: `123456:ABC-DEF…`. */
export const BotTokenSchema = Type.String({
  pattern: '^[0-9]{1,20}:[A-Za-z0-9_-]{20,100}$',
  description: 'a bot token as BotFather gives it; it is stored encrypted and never shown',
});

export const ForwardViewSchema = Type.Object({
  url: Type.String({
    description:
      'without user name and password; a bot token in it is shown as 123456:***, and stays when the URL is sent like this',
  }),
  has_credentials: Type.Boolean({ description: 'the URL has a user name or password' }),
  has_secret: Type.Boolean(),
  max_connections: Type.Integer(),
  timeout_seconds: Nullable(Type.Number({ description: 'null: the processing timeout' })),
  order: Type.Enum(FORWARD_ORDERS),
  paused: Type.Boolean(),
});
export type ForwardView = Static<typeof ForwardViewSchema>;

export function forwardView(forward: Forward): ForwardView {
  return {
    // Records of earlier versions have it whole.
    url: hideBotTokens(forward.url),
    has_credentials: forward.credentials !== undefined,
    has_secret: forward.secret !== undefined,
    max_connections: forward.max_connections ?? DEFAULT_MAX_CONNECTIONS,
    timeout_seconds: forward.timeout_seconds ?? null,
    order: forward.order ?? DEFAULT_FORWARD_ORDER,
    paused: forward.paused ?? false,
  };
}

/** Encrypts a secret of a bot for the log; `createSecretBox` has it. */
export type Seal = (secret: string, botId: string, field: string) => string;

/** What a caller sets of a bot that may hold secrets, both as they are. */
export interface ForwardChanges {
  readonly forward?: ForwardPatch | null | undefined;
  readonly bot_token?: string | null | undefined;
}

/** What is wrong with such a change, beyond its schema: a field and a sentence. */
export interface ForwardProblem {
  readonly field: string;
  readonly message: string;
}

/** Null: the change can be made to a bot that has `current`. */
export function forwardProblem(
  { forward }: ForwardChanges,
  current: Forward | undefined,
): ForwardProblem | null {
  if (!forward) return null;
  if (forward.url === undefined) {
    if (current) return null;
    return { field: 'forward.url', message: `forward.url is required: ${URL_MEANING}` };
  }
  if (seemsUnescaped(forward.url)) {
    return {
      field: 'forward.url',
      message: `forward.url must have its user name and password escaped: ${CREDENTIAL_ESCAPES}`,
    };
  }
  const place = splitUrl(forward.url);
  if (place && hasHiddenToken(place.url) && !isShownUrl(place, current)) {
    return {
      field: 'forward.url',
      message:
        'forward.url has *** instead of a bot token. Send the whole URL, or leave it out to keep the present one',
    };
  }
  if (place) return null;
  return { field: 'forward.url', message: `forward.url must be ${URL_MEANING}` };
}

/** Whether the change holds something that is kept encrypted. */
export function holdsSecret({ forward, bot_token: token }: ForwardChanges): boolean {
  if (typeof token === 'string' || typeof forward?.secret === 'string') return true;
  const place = forward?.url === undefined ? null : splitUrl(forward.url);
  return place !== null && (place.credentials !== undefined || hidesToken(place.url));
}

/**
 * Forwarding and token of the record after a change; each absent where there is none.
 * @param changes - for which `forwardProblem` is null
 */
export function changeForward(
  { forward: current, bot_token: currentToken }: Pick<Bot, 'forward' | 'bot_token'>,
  changes: ForwardChanges,
  botId: string,
  seal: Seal,
  nowMs: number,
): Pick<Bot, 'forward' | 'bot_token'> {
  const patched = patchForward(current, changes.forward ?? undefined, botId, seal);
  const forward =
    changes.forward === null || !patched ? undefined : { since: iso(nowMs), ...patched };
  const token =
    typeof changes.bot_token === 'string'
      ? seal(changes.bot_token, botId, SEALED_FIELDS.botToken)
      : currentToken;
  const isTokenRemoved = changes.bot_token === null || token === undefined;
  return { ...(forward ? { forward } : {}), ...(isTokenRemoved ? {} : { bot_token: token }) };
}

function patchForward(
  current: Forward | undefined,
  patch: ForwardPatch | undefined,
  botId: string,
  seal: Seal,
): Forward | undefined {
  if (!patch) return current;
  const { url, secret, ...settings } = patch;
  const merged = new Map<string, unknown>(Object.entries(current ?? {}));
  const set = (name: string, value: unknown) => {
    if (value === null) merged.delete(name);
    else if (value !== undefined) merged.set(name, value);
  };
  for (const [name, value] of Object.entries(settings)) set(name, value);
  set('secret', secret && seal(secret, botId, SEALED_FIELDS.forwardSecret));
  const place = url === undefined ? null : splitUrl(url);
  if (place && isShownUrl(place, current)) {
    // As the API shows it: the URL stays, with its user name unless another is given.
    if (place.credentials !== undefined) set('credentials', sealCredentials(place.credentials));
  } else if (place) {
    const isHidden = hidesToken(place.url);
    set('url', hideBotTokens(place.url));
    set('sealed_url', isHidden ? seal(place.url, botId, SEALED_FIELDS.forwardUrl) : null);
    set('credentials', place.credentials === undefined ? null : sealCredentials(place.credentials));
  }
  const kept = current?.url ?? '';
  return { url: kept, ...Object.fromEntries(merged) };

  function sealCredentials(credentials: string): string {
    return seal(credentials, botId, SEALED_FIELDS.forwardCredentials);
  }
}

function hidesToken(url: string): boolean {
  return hideBotTokens(url) !== url;
}

/** Whether this is the present URL with its bot token hidden, as the API shows it. */
function isShownUrl({ url }: SplitUrl, current: Forward | undefined): boolean {
  return current !== undefined && hasHiddenToken(url) && url === hideBotTokens(current.url);
}

interface SplitUrl {
  readonly url: string;
  /** `user:password`, without the escapes of URLs; undefined: there are none. */
  readonly credentials: string | undefined;
}

/** Null: it is none that can be asked. */
function splitUrl(text: string): SplitUrl | null {
  const url = URL.parse(text);
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!isWeb || url.hostname === '') return null;
  url.hash = '';
  const split = splitCredentials(url);
  return split && { url: split.url, credentials: split.credentials ?? undefined };
}
