/** Tries a webhook before anything depends on it: the bot's own, and ingest as Telegram will reach it. */
import { connectionFailure } from '@hookpulse/common/values/connection-failure';
import { SECOND_MS } from '@hookpulse/common/values/durations';
import { basicAuthorization, splitCredentials } from '@hookpulse/common/values/url-credentials';
import { createHostGuard, HostRefusedError } from '@hookpulse/service-kit/http/host-guard';
import { ErrorBodySchema } from '@hookpulse/service-kit/http/http-error';
import { Compile } from 'typebox/compile';
import { Agent, type Dispatcher, fetch, getGlobalDispatcher } from 'undici';

export interface WebhookToTry {
  /** May hold user name and password. */
  readonly url: string;
  /** Null: none is sent. */
  readonly secret: string | null;
}

export type Trial =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Whether it has the form of Hookpulse's own refusals. */
      readonly isHookpulse: boolean;
    }
  /** `reason` completes "… cannot be reached: …". */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Of an update without content, which a bot must ignore: Telegram adds kinds at any time. */
export const TEST_UPDATE_ID = 0;

const TEST_UPDATE = JSON.stringify({ update_id: TEST_UPDATE_ID });
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';
const TIMEOUT_MS = 10_000;

const errorBody = Compile(ErrorBodySchema);

/**
 * Delivers an update without content, as Telegram would.
 * @param allowedHosts - FORWARD_ALLOWED_HOSTS, where the URL is one that somebody named; null: any
 */
export async function sendTestUpdate(
  webhook: WebhookToTry,
  allowedHosts: readonly string[] | null,
): Promise<Trial> {
  if (allowedHosts === null) return post(webhook, 'application/json', TEST_UPDATE);
  const guard = createHostGuard(allowedHosts);
  const agent = new Agent({ connect: { lookup: guard.lookup } });
  try {
    // Addresses in the URL itself are not looked up.
    guard.assertAllowed(URL.parse(webhook.url)?.hostname ?? '');
    return await post(webhook, 'application/json', TEST_UPDATE, agent);
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  } finally {
    await agent.close();
  }
}

/**
 * Asks ingest in a way that has no consequences: with the right secret, and a body of a type that it
 * refuses (415) after it has checked the secret.
 */
export function knock(webhook: WebhookToTry): Promise<Trial> {
  return post(webhook, 'text/plain', 'knock');
}

async function post(
  { url, secret }: WebhookToTry,
  contentType: string,
  body: string,
  dispatcher: Dispatcher = getGlobalDispatcher(),
): Promise<Trial> {
  const parsed = URL.parse(url);
  const target = parsed && splitCredentials(parsed);
  if (!target) return { kind: 'unreachable', reason: 'its address is invalid' };
  try {
    const response = await fetch(target.url, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...(secret === null ? {} : { [SECRET_HEADER]: secret }),
        ...basicAuthorization(target.credentials),
      },
      body,
      redirect: 'manual',
      dispatcher,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer: unknown = await response.json().catch(() => null);
    return { kind: 'answered', status: response.status, isHookpulse: errorBody.Check(answer) };
  } catch (error) {
    return { kind: 'unreachable', reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof HostRefusedError || hasRefusedHost(error)) {
    return 'updates may not be forwarded to this host (FORWARD_ALLOWED_HOSTS)';
  }
  const { kind, code } = connectionFailure(error);
  switch (kind) {
    case 'timeout':
      return `no answer within ${TIMEOUT_MS / SECOND_MS} s`;
    case 'certificate refused':
      return `its certificate is refused (${code})`;
    case 'unknown host':
      return 'its name cannot be resolved';
    case 'other':
      return 'the connection broke';
    default:
      return kind;
  }
}

/** `fetch` wraps the error of the look-up. */
function hasRefusedHost(error: unknown): boolean {
  return error instanceof Error && error.cause instanceof HostRefusedError;
}
