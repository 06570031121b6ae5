/** The real ingest on a real Kafka broker with a proxy in between, and one bot to deliver to. */

import { systemClock } from '@hookpulse/common/runtime/clock';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openKafkaEventLog } from '@hookpulse/event-log/kafka/kafka-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { type RunningIngest, start } from '@hookpulse/ingest/start';
import { makeBot, REPORT_TOKEN, registryOf, WEBHOOK_SECRET } from '@hookpulse/ingest/testing/bots';
import { freePort } from '../kafka-broker/free-port.ts';
import type { LocalBroker, startLocalBroker } from '../kafka-broker/local-broker.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

export interface DeliveryAnswer {
  readonly updateId: number;
  readonly status: number;
  readonly retryAfter: string | null;
}

/** Far more than any promise: an answer that does not come fails its test. */
const HANGING_MS = 20_000;

export class ProxiedIngest {
  readonly proxy: TcpProxy;
  readonly broker: LocalBroker;
  /** What ingest publishes to, through the proxy. */
  readonly log: EventLog;
  readonly #ingest: RunningIngest;
  #deliveries = 0;

  private constructor(proxy: TcpProxy, broker: LocalBroker, log: EventLog, ingest: RunningIngest) {
    this.proxy = proxy;
    this.broker = broker;
    this.log = log;
    this.#ingest = ingest;
  }

  static async open(startBroker: typeof startLocalBroker): Promise<ProxiedIngest> {
    const port = await freePort();
    const proxy = await startTcpProxy(`127.0.0.1:${port}`);
    const broker = await startBroker({ port, advertisedPort: proxy.port });
    const logger = silentLogger;
    const settings = { brokers: [proxy.address], ssl: false, sasl: null, clientId: 'ingest' };
    const log = await openKafkaEventLog(settings, logger);
    await log.ensureTopics(TOPIC_SPECS);
    const ingest = await start({
      settings: {
        host: '127.0.0.1',
        port: 0,
        trustProxy: false,
        eventRetentionDays: 7,
        adminToken: null,
      },
      log,
      registry: registryOf([makeBot()]),
      logger,
      clock: systemClock,
    });
    return new ProxiedIngest(proxy, broker, log, ingest);
  }

  /** @param updateId - default: one that was not used before */
  async deliver(updateId = this.#deliveries++): Promise<DeliveryAnswer> {
    return deliver(this.#ingest.url, updateId);
  }

  /** `host:port` of its HTTP. */
  get address(): string {
    return new URL(this.#ingest.url).host;
  }

  async close(): Promise<void> {
    await this.#ingest.close();
    await this.log.close();
    await this.proxy.close();
    await this.broker.close();
  }
}

/** One update to the bot of `makeBot`. @throws when the answer does not come */
export async function deliver(ingestUrl: string, updateId: number): Promise<DeliveryAnswer> {
  const response = await post(
    `${ingestUrl}/webhook/${makeBot().bot_id}`,
    { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
    { update_id: updateId, message: { message_id: updateId } },
  );
  return { updateId, status: response.status, retryAfter: response.headers.get('retry-after') };
}

/** A report of the bot of `makeBot`. @returns its status. @throws when the answer does not come */
export async function report(ingestUrl: string, event: object): Promise<number> {
  const { status } = await post(
    `${ingestUrl}/api/events`,
    { authorization: `Bearer ${REPORT_TOKEN}` },
    { bot_id: makeBot().bot_id, ...event },
  );
  return status;
}

async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(HANGING_MS),
  });
  await response.arrayBuffer();
  return response;
}
