/** What Telegram, bots and operators do to a running Hookpulse, as short calls for tests. */
import { until } from '@hookpulse/common/testing/until';
import type { Addresses } from './hookpulse-process.ts';

export interface RegisteredBot {
  readonly botId: string;
  readonly secret: string;
  readonly reportToken: string;
}

/** Where a client goes: not to the ports that have only probes. */
type ClientAddresses = Pick<Addresses, 'ingest' | 'queryApi'>;

export class HookpulseClient {
  readonly #urls: ClientAddresses;
  readonly #adminToken: string;

  constructor(urls: ClientAddresses, adminToken: string) {
    this.#urls = urls;
    this.#adminToken = adminToken;
  }

  /** @param fields - of the new bot, beside its id and name */
  async registerBot(botId: string, fields: object = {}): Promise<RegisteredBot> {
    const response = await this.#postBot(botId, fields);
    if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
    const body = (await response.json()) as { webhook_secret: string; report_token: string };
    return { botId, secret: body.webhook_secret, reportToken: body.report_token };
  }

  /**
   * The same while a busy log may refuse, with a secret of the caller's: an attempt in vain may have been taken.
   * @param fields - of the new bot, with `webhook_secret` among them
   */
  async registerBotUntilTaken(botId: string, fields: object): Promise<void> {
    await until(`${botId} to be registered`, async () => {
      const { status } = await this.#postBot(botId, fields);
      return status === 201 || status === 409;
    });
  }

  /** Who receives the mails about a bot, instead of ADMIN_EMAIL. */
  async setReceivers(botId: string, receivers: readonly string[]): Promise<void> {
    await this.overrideAlerts(botId, { receivers });
  }

  /** @param alerts - what is to be judged otherwise than for all bots */
  async overrideAlerts(botId: string, alerts: object): Promise<void> {
    await this.changeBot(botId, { alerts });
  }

  async changeBot(botId: string, change: object): Promise<void> {
    const response = await fetch(`${this.#urls.queryApi}/api/bots/${botId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', ...this.#adminHeaders() },
      body: JSON.stringify(change),
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  }

  /** Posts an update as Telegram does. @param secret - null: without the header */
  async deliver(botId: string, secret: string | null, update: object): Promise<Response> {
    return fetch(`${this.#urls.ingest}/webhook/${botId}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret === null ? {} : { 'x-telegram-bot-api-secret-token': secret }),
      },
      body: JSON.stringify(update),
    });
  }

  /** Reports events as a bot does of its own work. */
  async report(token: string, events: object): Promise<Response> {
    return fetch(`${this.#urls.ingest}/api/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(events),
    });
  }

  async fleetHealth(): Promise<FleetHealth> {
    return this.#get('/api/health/webhook/');
  }

  async botHealth(botId: string): Promise<BotHealth> {
    return this.#get(`/api/health/webhook/${botId}/`);
  }

  /** Delivers updates again, as one request can. */
  async replay(request: object): Promise<{ updates: number; replay_id: string }> {
    const response = await fetch(`${this.#urls.queryApi}/api/updates/replay`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#adminHeaders() },
      body: JSON.stringify(request),
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as { updates: number; replay_id: string };
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`${this.#urls.queryApi}${path}`, {
      headers: this.#adminHeaders(),
    });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  #postBot(botId: string, fields: object): Promise<Response> {
    return fetch(`${this.#urls.queryApi}/api/bots`, {
      method: 'POST',
      headers: { ...this.#adminHeaders(), 'content-type': 'application/json' },
      body: JSON.stringify({ bot_id: botId, name: `Bot ${botId}`, ...fields }),
    });
  }

  #adminHeaders() {
    return { authorization: `Bearer ${this.#adminToken}` };
  }
}

export interface Span {
  readonly events: number;
  readonly errors: number;
  readonly error_rate: string;
  readonly requests_received: number;
  readonly requests_processed: number;
  readonly [column: string]: number | string | null;
}

export interface FleetHealth {
  readonly status: string;
  readonly summary: Readonly<Record<string, number | string>>;
  readonly bots: readonly (Readonly<Record<string, number | string | null>> & {
    readonly bot_id: string;
  })[];
}

export interface BotHealth {
  readonly status: string;
  readonly current_hour: Span;
  readonly last_15_minutes: Span;
  readonly hourly: readonly Span[];
}
