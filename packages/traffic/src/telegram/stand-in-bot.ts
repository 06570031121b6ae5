/** A bot at the stand-in: its pending updates, its webhook, and what was called with its token. */
import { lookup } from 'node:dns/promises';
import { type CallParams, flagParam, listParam, numberParam, textParam } from './call-params.ts';
import { KINDS_ON_REQUEST, queueOf, secondsLeft } from './update-order.ts';
import {
  type PendingUpdate,
  type SenderTiming,
  WebhookSender,
  type WebhookTarget,
} from './webhook-sender.ts';

export interface BotIdentity {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

export interface RecordedCall {
  readonly method: string;
  readonly params: CallParams;
  /** `reply`: the answer to a delivery was the call. */
  readonly via: 'request' | 'reply';
}

/** What a method answers; without `ok` as in the Bot API. */
export type MethodAnswer =
  | { readonly result: unknown; readonly description?: string }
  | { readonly errorCode: number; readonly description: string; readonly retryAfter?: number };

export interface BotDeps {
  readonly timing: SenderTiming;
  /** A local Bot API server lets webhooks have any port, and no TLS. */
  readonly isLocal: boolean;
  readonly ca?: string | undefined;
}

const DEFAULT_CONNECTIONS = 40;
const MAX_CONNECTIONS = 100;
const SECRET = /^[A-Za-z0-9_-]{0,256}$/;
const PORTS: ReadonlySet<string> = new Set(['', '80', '88', '443', '8443']);
const MAX_URL_LENGTH = 2_048;
const NOT_AS_REPLIES = /^(setwebhook|deletewebhook|close|logout|get.*)$/i;
const MAX_UPDATES = 100;

export class StandInBot {
  readonly identity: BotIdentity;
  /** In order of their arrival. */
  readonly calls: RecordedCall[] = [];
  /** Every update that was delivered, in order of its acknowledgement. */
  readonly delivered: number[] = [];
  readonly expired: number[] = [];
  /** What was under way when the webhook was replaced: the one before may have got it, too. */
  readonly interrupted: number[] = [];
  readonly #deps: BotDeps;
  #pending: PendingUpdate[] = [];
  #nextUpdateId = 700_000_000 + Math.floor(Math.random() * 1_000_000);
  #webhook: WebhookTarget | null = null;
  #sender: WebhookSender | null = null;
  #allowed: readonly string[] = [];
  #lastError: { readonly atMs: number; readonly message: string } | null = null;
  #lastSetMs = 0;
  /** What the name of its webhook was found to be. */
  #foundAddress: string | null = null;
  #nextMessageId = 1;

  constructor(identity: BotIdentity, deps: BotDeps) {
    this.identity = identity;
    this.#deps = deps;
  }

  /** The webhook in force, its secret included, which the Bot API never tells. */
  get webhook(): WebhookTarget | null {
    return this.#webhook;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  /**
   * Queues an update.
   * @param bytes - what is sent as its value, where that is no valid UTF-8
   * @returns its id; null when the bot does not get updates of this kind
   */
  send(kind: string, value: object, bytes = Buffer.from(JSON.stringify(value))): number | null {
    if (!this.#isAllowed(kind)) return null;
    const updateId = this.#nextUpdateId++;
    const nowMs = Date.now();
    this.#pending.push({
      updateId,
      kind,
      body: Buffer.concat([
        Buffer.from(`{"update_id":${updateId},\n${JSON.stringify(kind)}:`),
        bytes,
        Buffer.from('}'),
      ]),
      queue: queueOf(kind, value) ?? `update ${updateId}`,
      expiresAtMs: nowMs + secondsLeft(kind, value, nowMs) * this.#deps.timing.secondMs,
    });
    this.#sender?.pump();
    return updateId;
  }

  /** Carries out a call. @param via - default: it was requested */
  async call(method: string, params: CallParams, via: RecordedCall['via'] = 'request') {
    this.calls.push({ method, params, via });
    switch (method.toLowerCase()) {
      case 'getme':
        return { result: this.#user() };
      case 'getwebhookinfo':
        return { result: this.webhookInfo() };
      case 'setwebhook':
        return this.#setWebhook(params);
      case 'deletewebhook':
        return this.#deleteWebhook(params);
      case 'getupdates':
        return this.#getUpdates(params);
      case 'sendmessage':
        return { result: this.#message(params) };
      default:
        return { result: true };
    }
  }

  /** As the method of that name tells it. */
  webhookInfo() {
    this.#giveUpExpired();
    const { url = '', maxConnections, ipAddress } = this.#webhook ?? {};
    const usedAddress = ipAddress ?? this.#foundAddress;
    return {
      url,
      has_custom_certificate: false,
      pending_update_count: this.#pending.length,
      ...(url === '' ? {} : { max_connections: maxConnections }),
      ...(url !== '' && usedAddress ? { ip_address: usedAddress } : {}),
      ...(this.#lastError === null
        ? {}
        : {
            last_error_date: Math.floor(this.#lastError.atMs / 1_000),
            last_error_message: this.#lastError.message,
          }),
      ...(this.#allowed.length === 0 ? {} : { allowed_updates: this.#allowed }),
    };
  }

  close(): void {
    this.#sender?.close();
    this.#sender = null;
  }

  /** Without a webhook nobody else looks at them: otherwise the sender does. */
  #giveUpExpired(): void {
    if (this.#sender) return;
    const nowMs = Date.now();
    const isExpired = ({ expiresAtMs }: PendingUpdate) => expiresAtMs <= nowMs;
    this.expired.push(...this.#pending.filter(isExpired).map(({ updateId }) => updateId));
    this.#pending = this.#pending.filter((update) => !isExpired(update));
  }

  #isAllowed(kind: string): boolean {
    return this.#allowed.length === 0 ? !KINDS_ON_REQUEST.has(kind) : this.#allowed.includes(kind);
  }

  async #setWebhook(params: CallParams): Promise<MethodAnswer> {
    const url = textParam(params, 'url') ?? '';
    if (url === '') return this.#deleteWebhook(params);
    const { secondMs } = this.#deps.timing;
    if (Date.now() - this.#lastSetMs < secondMs) {
      const description = 'Too Many Requests: retry after 1';
      return { errorCode: 429, description, retryAfter: 1 };
    }
    const target: WebhookTarget = {
      url,
      secret: textParam(params, 'secret_token') ?? '',
      maxConnections: connectionsOf(numberParam(params, 'max_connections')),
      ipAddress: textParam(params, 'ip_address') ?? null,
    };
    const refusal = await this.#refusalOf(target);
    if (refusal !== null) return { errorCode: 400, description: `Bad Request: ${refusal}` };
    const allowed = listParam(params, 'allowed_updates') ?? this.#allowed;
    const isSame =
      JSON.stringify([target, allowed]) === JSON.stringify([this.#webhook, this.#allowed]);
    this.#lastSetMs = Date.now();
    this.#allowed = allowed;
    if (flagParam(params, 'drop_pending_updates')) this.#pending = [];
    if (isSame) return { result: true, description: 'Webhook is already set' };
    this.#replaceWebhook(target);
    return { result: true, description: 'Webhook was set' };
  }

  async #refusalOf({ url, secret, ipAddress }: WebhookTarget): Promise<string | null> {
    const parsed = URL.parse(url);
    if (!SECRET.test(secret)) return 'secret token contains unallowed characters';
    if (!parsed || url.length > MAX_URL_LENGTH) return 'invalid webhook URL specified';
    if (!this.#deps.isLocal) {
      if (parsed.protocol !== 'https:') {
        return 'bad webhook: An HTTPS URL must be provided for webhook';
      }
      if (!PORTS.has(parsed.port)) {
        return 'bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443';
      }
    }
    if (ipAddress !== null) return null;
    const found = await lookup(parsed.hostname, { family: 4 }).catch(() => null);
    this.#foundAddress = found?.address ?? null;
    return found ? null : 'bad webhook: Failed to resolve host: Name or service not known';
  }

  #deleteWebhook(params: CallParams): MethodAnswer {
    const wasSet = this.#webhook !== null;
    if (flagParam(params, 'drop_pending_updates')) this.#pending = [];
    this.#replaceWebhook(null);
    return {
      result: true,
      description: wasSet ? 'Webhook was deleted' : 'Webhook is already deleted',
    };
  }

  /** What was under way is delivered again, to the new one. */
  #replaceWebhook(target: WebhookTarget | null): void {
    this.interrupted.push(...(this.#sender?.underWay() ?? []));
    this.#sender?.close();
    this.#sender = null;
    this.#webhook = target;
    this.#lastError = null;
    if (!target) return;
    const { timing, ca } = this.#deps;
    const remove = ({ updateId }: PendingUpdate) => {
      this.#pending = this.#pending.filter((one) => one.updateId !== updateId);
    };
    this.#sender = new WebhookSender(target, {
      timing,
      ca,
      pending: () => this.#pending,
      onDelivered: (update) => {
        remove(update);
        this.delivered.push(update.updateId);
      },
      onExpired: (update) => {
        remove(update);
        this.expired.push(update.updateId);
      },
      onFailed: (message) => {
        this.#lastError = { atMs: Date.now(), message };
      },
      onReply: (method, params) => {
        if (!NOT_AS_REPLIES.test(method)) void this.call(method, params, 'reply');
      },
      onGone: () => this.#replaceWebhook(null),
    });
    this.#sender.pump();
  }

  #getUpdates(params: CallParams): MethodAnswer {
    if (this.#webhook) {
      const description =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
      return { errorCode: 409, description };
    }
    this.#giveUpExpired();
    const offset = numberParam(params, 'offset') ?? 0;
    if (offset > 0) this.#pending = this.#pending.filter(({ updateId }) => updateId >= offset);
    const updates = this.#pending.slice(0, numberParam(params, 'limit') ?? MAX_UPDATES);
    return { result: updates.map(({ body }) => JSON.parse(body.toString())) };
  }

  #user() {
    const { id, username } = this.identity;
    return {
      id,
      is_bot: true,
      first_name: username,
      username,
      can_join_groups: true,
      can_read_all_group_messages: false,
      supports_inline_queries: true,
    };
  }

  #message(params: CallParams) {
    const chat = { id: numberParam(params, 'chat_id') ?? 0, type: 'private', first_name: 'User' };
    const date = Math.floor(Date.now() / 1_000);
    const message_id = this.#nextMessageId++;
    return { message_id, from: this.#user(), chat, date, text: textParam(params, 'text') ?? '' };
  }
}

function connectionsOf(asked: number | undefined): number {
  if (asked === undefined || asked <= 0) return DEFAULT_CONNECTIONS;
  return Math.min(Math.max(Math.round(asked), 1), MAX_CONNECTIONS);
}
