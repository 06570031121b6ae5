/** Delivers a bot's pending updates to one webhook, as Telegram does: queues, connections, retries, expiry. */
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
  STATUS_CODES,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip, createInflate } from 'node:zlib';
import { type CallParams, readParams } from './call-params.ts';

export interface PendingUpdate {
  readonly updateId: number;
  readonly kind: string;
  /** What is sent. */
  readonly body: Buffer;
  /** Of a queue one update is under way at a time. */
  readonly queue: string;
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number;
}

export interface WebhookTarget {
  readonly url: string;
  /** Empty: none is sent. */
  readonly secret: string;
  readonly maxConnections: number;
  /** Instead of what the name resolves to. */
  readonly ipAddress: string | null;
}

export interface SenderTiming {
  /** How long a second of Telegram's delays and expiries lasts, milliseconds. */
  readonly secondMs: number;
  /** How long an answer may take. */
  readonly readTimeoutMs: number;
}

export interface SenderDeps {
  readonly timing: SenderTiming;
  /** Certificates to trust, instead of those of Node.js. */
  readonly ca?: string | undefined;
  /** Oldest first. The sender takes none away itself. */
  pending(): readonly PendingUpdate[];
  onDelivered(update: PendingUpdate): void;
  onExpired(update: PendingUpdate): void;
  /** @param message - as `getWebhookInfo` tells it */
  onFailed(message: string): void;
  /** A successful answer that is itself a call. */
  onReply(method: string, params: CallParams): void;
  /** It has answered 410 for so long that the webhook is removed. */
  onGone(): void;
}

const MAX_DELAY_SECONDS = 60;
const MAX_RETRY_AFTER_SECONDS = 3_600;
const GONE_AFTER_SECONDS = 23 * 3_600;
/** Without a success for so long there is one connection only. */
const PATIENCE_SECONDS = 10;
const GONE = 410;

interface Attempts {
  failed: number;
  /** Of those, the ones after which the bot asked for no time of its own. */
  backoffs: number;
  dueAtMs: number;
  isUnderWay: boolean;
}

type Outcome =
  | { readonly kind: 'delivered'; readonly contentType: string; readonly body: Buffer }
  | { readonly kind: 'failed'; readonly message: string; readonly retryAfterSeconds: number | null }
  | { readonly kind: 'gone'; readonly message: string };

export class WebhookSender {
  readonly #target: WebhookTarget;
  readonly #deps: SenderDeps;
  readonly #agent: HttpAgent;
  readonly #attempts = new Map<number, Attempts>();
  readonly #stopped = new AbortController();
  #underWay = 0;
  #wake: NodeJS.Timeout | undefined;
  #lastSuccessMs = Date.now();
  #goneSinceMs: number | null = null;

  constructor(target: WebhookTarget, deps: SenderDeps) {
    this.#target = target;
    this.#deps = deps;
    const options = { keepAlive: true, maxSockets: target.maxConnections };
    this.#agent = target.url.startsWith('https:')
      ? new HttpsAgent(options)
      : new HttpAgent(options);
  }

  /** Sends whatever may be sent now; to be called when there is something new. */
  pump(): void {
    if (this.#stopped.signal.aborted) return;
    clearTimeout(this.#wake);
    const nowMs = Date.now();
    const { maxConnections } = this.#target;
    const busy = new Set<string>();
    let nextMs = this.#giveUpExpired(nowMs);
    // Loaded ahead.
    for (const update of this.#deps.pending().slice(0, 2 * maxConnections)) {
      if (busy.has(update.queue)) continue;
      busy.add(update.queue);
      const attempts = this.#attemptsOf(update);
      if (attempts.isUnderWay) continue;
      if (attempts.dueAtMs > nowMs) {
        nextMs = Math.min(nextMs, attempts.dueAtMs);
        continue;
      }
      if (this.#underWay >= this.#connectionLimit(nowMs)) break;
      void this.#send(update, attempts);
    }
    if (Number.isFinite(nextMs)) this.#wake = setTimeout(() => this.pump(), nextMs - nowMs + 1);
  }

  /** Ids of the updates that wait for an answer. */
  underWay(): number[] {
    const entries = [...this.#attempts].filter(([, { isUnderWay }]) => isUnderWay);
    return entries.map(([updateId]) => updateId);
  }

  /** Hangs up. What is under way stays pending. */
  close(): void {
    this.#stopped.abort();
    clearTimeout(this.#wake);
    this.#agent.destroy();
  }

  /**
   * An update also expires while it waits for those before it. One that is under way has its answer first.
   * @returns when the next of the others expires; Infinity: there is none
   */
  #giveUpExpired(nowMs: number): number {
    const isUnderWay = ({ updateId }: PendingUpdate) =>
      this.#attempts.get(updateId)?.isUnderWay === true;
    let nextMs = Number.POSITIVE_INFINITY;
    for (const update of this.#deps.pending().filter((one) => !isUnderWay(one))) {
      if (update.expiresAtMs > nowMs) nextMs = Math.min(nextMs, update.expiresAtMs);
      else this.#expire(update);
    }
    return nextMs;
  }

  #expire(update: PendingUpdate): void {
    this.#attempts.delete(update.updateId);
    this.#deps.onExpired(update);
  }

  #connectionLimit(nowMs: number): number {
    const isSick = nowMs - this.#lastSuccessMs > PATIENCE_SECONDS * this.#deps.timing.secondMs;
    const hasFailed = this.#attempts.values().some(({ failed }) => failed > 0);
    return isSick && hasFailed ? 1 : this.#target.maxConnections;
  }

  #attemptsOf({ updateId }: PendingUpdate): Attempts {
    const known = this.#attempts.get(updateId);
    if (known) return known;
    const fresh = { failed: 0, backoffs: 0, dueAtMs: 0, isUnderWay: false };
    this.#attempts.set(updateId, fresh);
    return fresh;
  }

  async #send(update: PendingUpdate, attempts: Attempts): Promise<void> {
    attempts.isUnderWay = true;
    this.#underWay += 1;
    const outcome = await this.#post(update.body);
    this.#underWay -= 1;
    attempts.isUnderWay = false;
    if (this.#stopped.signal.aborted) return;
    this.#settle(update, attempts, outcome);
    this.pump();
  }

  #settle(update: PendingUpdate, attempts: Attempts, outcome: Outcome): void {
    const nowMs = Date.now();
    if (outcome.kind === 'delivered') {
      this.#goneSinceMs = null;
      this.#lastSuccessMs = nowMs;
      this.#attempts.delete(update.updateId);
      this.#deps.onDelivered(update);
      void this.#carryOut(outcome.contentType, outcome.body);
      return;
    }
    const { secondMs } = this.#deps.timing;
    this.#deps.onFailed(outcome.message);
    attempts.failed += 1;
    const retryAfter = outcome.kind === 'failed' ? outcome.retryAfterSeconds : null;
    // It takes the place of the pause, and makes the next one no longer.
    if (retryAfter === null) attempts.backoffs += 1;
    attempts.dueAtMs = nowMs + (retryAfter ?? delaySeconds(attempts.backoffs)) * secondMs;
    if (attempts.dueAtMs > update.expiresAtMs) this.#expire(update);
    if (outcome.kind !== 'gone') this.#goneSinceMs = null;
    else this.#goneSinceMs ??= nowMs;
    const isRemoved =
      this.#goneSinceMs !== null && nowMs - this.#goneSinceMs > GONE_AFTER_SECONDS * secondMs;
    if (isRemoved) this.#deps.onGone();
  }

  async #carryOut(contentType: string, body: Buffer): Promise<void> {
    const { method, ...params } = await readParams(contentType, body);
    if (typeof method === 'string') this.#deps.onReply(method, params);
  }

  #post(body: Buffer): Promise<Outcome> {
    const { url, secret } = this.#target;
    const { timing, ca } = this.#deps;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const fail = (message: string) => resolve({ kind: 'failed', message, retryAfterSeconds: null });
    const options: RequestOptions & { ca?: string } = {
      method: 'POST',
      agent: this.#agent,
      family: 4,
      signal: this.#stopped.signal,
      headers: {
        host: new URL(url).host,
        ...(secret === '' ? {} : { 'x-telegram-bot-api-secret-token': secret }),
        'content-type': 'application/json',
        'content-length': body.length,
        'accept-encoding': 'gzip, deflate',
      },
      ...(ca === undefined ? {} : { ca }),
      ...addressOptions(this.#target),
    };
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(url, options, (response) => {
      outcomeOf(response).then(resolve, () => fail('Connection closed'));
    });
    request.on('error', (error) => fail(errorMessage(error)));
    request.setTimeout(timing.readTimeoutMs, () => {
      fail('Read timeout expired');
      request.destroy();
    });
    request.end(body);
    return promise;
  }
}

/**
 * Where to connect to, when it is not what the name resolves to. The certificate is still that of the name.
 * Node takes `hostname` before `host`, and the URL sets `hostname`.
 */
function addressOptions({
  url,
  ipAddress,
}: WebhookTarget): RequestOptions & { servername?: string } {
  if (ipAddress === null) return {};
  const { hostname } = new URL(url);
  // TLS knows no server name that is an address.
  return { hostname: ipAddress, ...(isIP(hostname) === 0 && { servername: hostname }) };
}

/** The first retry comes at once. */
function delaySeconds(backoffs: number): number {
  if (backoffs === 1) return 0;
  return Math.min(2 ** (backoffs - 1), MAX_DELAY_SECONDS * (1 + Math.random()));
}

async function outcomeOf(response: IncomingMessage): Promise<Outcome> {
  const body = await buffer(unpacked(response));
  const { statusCode: status = 0, headers } = response;
  if (status >= 200 && status < 300) {
    return { kind: 'delivered', contentType: headers['content-type'] ?? '', body };
  }
  const message = `Wrong response from the webhook: ${status} ${STATUS_CODES[status] ?? ''}`;
  if (status === GONE) return { kind: 'gone', message };
  return { kind: 'failed', message, retryAfterSeconds: retryAfterOf(headers['retry-after']) };
}

function unpacked(response: IncomingMessage) {
  switch (response.headers['content-encoding']) {
    case 'gzip':
      return pipeline(response, createGunzip(), ignored);
    case 'deflate':
      return pipeline(response, createInflate(), ignored);
    default:
      return response;
  }
}

/** Whoever reads the stream is told. */
const ignored = () => undefined;

function retryAfterOf(header: string | undefined): number | null {
  const seconds = Number(header ?? Number.NaN);
  return seconds >= 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) : null;
}

function errorMessage(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'Connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'Connection reset by peer';
    case 'ETIMEDOUT':
      return 'Connection timed out';
    case 'ENOTFOUND':
      return 'Failed to resolve host';
    default:
      return `SSL error {${error.code ?? 'unknown'}}`;
  }
}
