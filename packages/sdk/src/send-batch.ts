/** One request to `POST /api/events`, and what its answer means for the events in it. */

export type Verdict =
  /** Hookpulse has taken them, but for `rejected`, which it never will; `reason` is of the first. */
  | { readonly kind: 'settled'; readonly rejected: number; readonly reason: string }
  /** None was taken, because these of them, by their places, are of a bot that the token is not for. */
  | { readonly kind: 'foreign'; readonly indexes: readonly number[]; readonly reason: string }
  /** The request was too large. */
  | { readonly kind: 'too-large' }
  /** To be tried again. `problem`: it will not succeed by waiting alone. */
  | { readonly kind: 'again'; readonly afterMs: number | null; readonly problem: string | null };

export interface Target {
  /** Of `POST /api/events`. */
  readonly url: string;
  readonly token: string;
  readonly fetch: typeof globalThis.fetch;
}

const REQUEST_TIMEOUT_MS = 10_000;
const MAX_RETRY_AFTER_MS = 300_000;
const MAX_REASON_LENGTH = 200;

/** Never throws. @param signal - ends the request early, whatever `fetch` does */
export async function sendBatch(
  target: Target,
  batch: { readonly body: string; readonly count: number },
  signal: AbortSignal,
): Promise<Verdict> {
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const timer = setTimeout(onAbort, REQUEST_TIMEOUT_MS);
  try {
    return await Promise.race([exchange(target, batch, abort.signal), whenAborted(abort.signal)]);
  } catch {
    return { kind: 'again', afterMs: null, problem: null };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

async function exchange(
  { url, token, fetch }: Target,
  batch: { readonly body: string; readonly count: number },
  signal: AbortSignal,
): Promise<Verdict> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: batch.body,
    // The token is for this address alone.
    redirect: 'manual',
    signal,
  });
  return judge(response, await response.text(), batch.count);
}

/** Rejects then. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(new Error('given up'));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function judge(response: Response, text: string, count: number): Verdict {
  const { status } = response;
  if (status === 202) return { kind: 'settled', ...rejectedIn(text) };
  if (status === 400) return { kind: 'settled', rejected: count, reason: sentenceIn(text) };
  if (status === 413) return { kind: 'too-large' };
  const indexes = status === 403 ? indexesIn(text, count) : [];
  if (indexes.length > 0) return { kind: 'foreign', indexes, reason: sentenceIn(text) };
  const isTemporary = status === 429 || status >= 500;
  const problem = isTemporary ? null : `it answers ${status} ${sentenceIn(text)}`.trim();
  return { kind: 'again', afterMs: retryAfterMs(response.headers.get('retry-after')), problem };
}

/** Of `{"accepted", "rejected": [{"index", "error"}]}`. */
function rejectedIn(text: string): { rejected: number; reason: string } {
  const rejected: unknown = parsed(text)?.rejected;
  if (!Array.isArray(rejected) || rejected.length === 0) return { rejected: 0, reason: '' };
  return { rejected: rejected.length, reason: cut(parsedObject(rejected[0])?.error) };
}

/** Of `{"status": "error", "error", "details"}`. */
function sentenceIn(text: string): string {
  const answer = parsed(text);
  const details: unknown = answer?.details;
  const first = Array.isArray(details) ? parsedObject(details[0])?.message : undefined;
  return [cut(answer?.error), cut(first)].filter((part) => part !== '').join(' ');
}

/** Of `{"details": [{"index"}]}`: places in a batch of `count` events. */
function indexesIn(text: string, count: number): readonly number[] {
  const details: unknown = parsed(text)?.details;
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail) => {
    const index = parsedObject(detail)?.index;
    return Number.isInteger(index) && Number(index) >= 0 && Number(index) < count
      ? [Number(index)]
      : [];
  });
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return parsedObject(JSON.parse(text));
  } catch {
    return null;
  }
}

function parsedObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function cut(text: unknown): string {
  return typeof text === 'string' ? text.slice(0, MAX_REASON_LENGTH) : '';
}

/** Seconds, or a date. Null: it says nothing that can be used. */
function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : null;
}
