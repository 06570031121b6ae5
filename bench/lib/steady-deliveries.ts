/**
 * Deliveries at a steady rate, whatever becomes of them: the next one does not wait for the answers to
 * those before, as Telegram's many bots do not wait for each other. A delivery
 * without an answer is given up after a while.
 */
import { Agent, request } from 'node:http';
import { runOpenLoop } from '@hookpulse/traffic/open-loop';
import { sampleUpdate } from '@hookpulse/traffic/updates';
import { BENCH_BOT_ID, BENCH_SECRET } from './ingest-protocol.ts';

export interface DeliveryAnswer {
  readonly updateId: number;
  /** Null when there was none: the connection broke, or the time was over. */
  readonly status: number | null;
  readonly hasRetryAfter: boolean;
  /** When it was due, by `performance.now()`: what its latency counts from. */
  readonly dueMs: number;
  readonly answeredMs: number;
}

export interface SteadyDeliveries {
  /** Stops sending, and resolves when all that was sent is answered. */
  stop(): Promise<void>;
}

/** Far more than any goal; Telegram itself gives up after 60 s. */
export const DELIVERY_TIMEOUT_MS = 10_000;

/** One delivery as Telegram makes it. */
export interface BenchDelivery {
  readonly botId: string;
  readonly secret: string;
  /** JSON. */
  readonly body: string;
}

/**
 * @param deliveryOf - by update id, which count from 0; default: samples for the one bot of benchmarks
 * @param maxSockets - connections at once; default: as many as there are deliveries under way
 * @param timeoutMs - how long an answer may take once the delivery has a connection
 */
export function startDeliveries(
  url: string,
  perSecond: number,
  onAnswer: (answer: DeliveryAnswer) => void,
  deliveryOf: (updateId: number) => BenchDelivery = sampleDelivery,
  maxSockets = Number.POSITIVE_INFINITY,
  timeoutMs = DELIVERY_TIMEOUT_MS,
): SteadyDeliveries {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const { hostname, port } = new URL(url);
  const stopped = new AbortController();
  const sending = runOpenLoop({
    count: Number.POSITIVE_INFINITY,
    plannedMs: (n) => (n / perSecond) * 1_000,
    onDue: async (n, dueMs) => onAnswer(await deliver(n, dueMs)),
    signal: stopped.signal,
  });

  return {
    async stop() {
      stopped.abort();
      await sending;
      agent.destroy();
    },
  };

  function deliver(updateId: number, dueMs: number): Promise<DeliveryAnswer> {
    const { botId, secret, body } = deliveryOf(updateId);
    const done = Promise.withResolvers<DeliveryAnswer>();
    const settle = (status: number | null, hasRetryAfter: boolean) => {
      done.resolve({ updateId, status, hasRetryAfter, dueMs, answeredMs: performance.now() });
    };
    const outgoing = request({
      agent,
      hostname,
      port,
      method: 'POST',
      timeout: timeoutMs,
      path: `/webhook/${botId}`,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-telegram-bot-api-secret-token': secret,
      },
    });
    outgoing.on('response', (response) => {
      settle(response.statusCode ?? null, response.headers['retry-after'] !== undefined);
      response.resume();
    });
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', () => settle(null, false));
    outgoing.on('close', () => settle(null, false));
    outgoing.end(body);
    return done.promise;
  }
}

function sampleDelivery(updateId: number): BenchDelivery {
  return { botId: BENCH_BOT_ID, secret: BENCH_SECRET, body: sampleUpdate(updateId) };
}
