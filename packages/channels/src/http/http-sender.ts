/** POSTs JSON to a server that may be anybody's: bounded in time and size, without redirects. */
import { connectionFailure } from '@hookpulse/common/values/connection-failure';
import { retryAfterMs } from '@hookpulse/common/values/retry-after';
import { basicAuthorization, splitCredentials } from '@hookpulse/common/values/url-credentials';
import { type HostGuard, HostRefusedError } from '@hookpulse/service-kit/http/host-guard';
import { Agent, request } from 'undici';

export interface HttpPost {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export type HttpAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Its beginning, on one line, without what the URL may hold as a secret. */
      readonly text: string;
      readonly afterMs: number | null;
    }
  /** Whether it arrived is not known. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** Nothing may be sent there. */
  | { readonly kind: 'forbidden'; readonly detail: string };

export interface HttpSender {
  /** Never rejects. */
  post(message: HttpPost): Promise<HttpAnswer>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

export interface HttpSenderOptions {
  /** Null: the address was set by whoever runs Hookpulse. */
  readonly guard: HostGuard | null;
  /** Of a whole request, milliseconds. */
  readonly timeoutMs?: number;
}

/** Alerts are urgent: a server that takes longer is asked again. */
const DEFAULT_TIMEOUT_MS = 10_000;
const STOPPED = 'Hookpulse stopped before it answered';
const INVALID_CREDENTIALS =
  'user name or password in the URL have an invalid escape: write %25 for %';
const MAX_ANSWER_BYTES = 4_096;
const MAX_QUOTED_CHARACTERS = 200;
/** Shorter parts of a URL are words, and no secrets. */
const MIN_SECRET_CHARACTERS = 6;
/** Below that of common servers (5 s and more), so that no request meets a connection that closes. */
const KEEP_ALIVE_MS = 4_000;

export function createHttpSender({
  guard,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: HttpSenderOptions): HttpSender {
  const closing = new AbortController();
  const dispatcher = new Agent({
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: timeoutMs, ...(guard ? { lookup: guard.lookup } : {}) },
  });
  return {
    async post({ url, headers = {}, body }) {
      const target = splitCredentials(new URL(url));
      if (!target) return { kind: 'forbidden', detail: INVALID_CREDENTIALS };
      try {
        // Addresses in the URL itself are not looked up.
        guard?.assertAllowed(new URL(url).hostname);
        const answer = await request(target.url, {
          method: 'POST',
          dispatcher,
          headers: {
            'content-type': 'application/json',
            ...basicAuthorization(target.credentials),
            ...headers,
          },
          body,
          signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]),
        });
        const text = withoutPartsOf(url, await beginningOf(answer.body));
        const afterMs = retryAfterMs(answer.headers['retry-after'], Date.now());
        return {
          kind: 'answered',
          status: answer.statusCode,
          text: text.slice(0, MAX_QUOTED_CHARACTERS),
          afterMs,
        };
      } catch (error) {
        if (closing.signal.aborted) return { kind: 'failed', detail: STOPPED };
        return failure(error, timeoutMs);
      }
    },
    async close() {
      closing.abort();
      await dispatcher.destroy();
    },
  };
}

function failure(error: unknown, timeoutMs: number): HttpAnswer {
  if (error instanceof HostRefusedError) return { kind: 'forbidden', detail: error.message };
  const { kind, code } = connectionFailure(error);
  switch (kind) {
    case 'timeout':
      return { kind: 'failed', detail: `no answer within ${timeoutMs / 1_000} s` };
    case 'other':
      return { kind: 'failed', detail: `the request failed (${code ?? 'unknown'})` };
    default:
      return { kind: 'failed', detail: code === null ? kind : `${kind} (${code})` };
  }
}

/** Error pages quote the address, which is the secret of many a webhook. To be used before a text is cut. */
function withoutPartsOf(address: string, text: string): string {
  const { pathname, search, searchParams, password } = new URL(address);
  const parts = [
    ...pathname.split('/'),
    ...search.split(/[?&=]/),
    ...searchParams.values(),
    password,
  ];
  const secrets = [...parts, ...parts.map(decoded)]
    .filter(({ length }) => length >= MIN_SECRET_CHARACTERS)
    .concat([`${pathname}${search}`, pathname].filter((path) => !/^\/?$/.test(path)))
    .toSorted((one, other) => other.length - one.length);
  return secrets.reduce((left, secret) => left.replaceAll(secret, '***'), text);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Of a longer answer the rest is not read, and the connection closed. Of one that breaks off, what came. */
async function beginningOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // The status has come, and it says whether the message was taken.
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
