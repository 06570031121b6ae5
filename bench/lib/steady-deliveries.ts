/**
 * Deliveries at a steady rate, whatever becomes of them: the next one does not wait for the answers to
 * those before, as Telegram's many bots do not wait for each other.
 */
import { Agent, request } from 'node:http';
import { runOpenLoop } from '@hookpulse/traffic/open-loop';
import { sampleUpdate } from '@hookpulse/traffic/updates';
import { BENCH_BOT_ID, BENCH_SECRET } from './ingest-protocol.ts';

export interface DeliveryAnswer {
  readonly updateId: number;
  /** Null when there was none: the connection broke. */
  readonly status: number | null;
  readonly hasRetryAfter: boolean;
  /** By `performance.now()`. */
  readonly sentMs: number;
  readonly answeredMs: number;
}

export interface SteadyDeliveries {
  /** Stops sending, and resolves when all that was sent is answered. */
  stop(): Promise<void>;
}

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
 */
export function startDeliveries(
  url: string,
  perSecond: number,
  onAnswer: (answer: DeliveryAnswer) => void,
  deliveryOf: (updateId: number) => BenchDelivery = sampleDelivery,
  maxSockets = Number.POSITIVE_INFINITY,
): SteadyDeliveries {
  const agent = new Agent({ keepAlive: true, maxSockets });
  const { hostname, port } = new URL(url);
  const stopped = new AbortController();
  const sending = runOpenLoop({
    count: Number.POSITIVE_INFINITY,
    plannedMs: (n) => (n / perSecond) * 1_000,
    onDue: async (n) => onAnswer(await deliver(n)),
    signal: stopped.signal,
  });

  return {
    async stop() {
      stopped.abort();
      await sending;
      agent.destroy();
    },
  };

  function deliver(updateId: number): Promise<DeliveryAnswer> {
    const sentMs = performance.now();
    const { botId, secret, body } = deliveryOf(updateId);
    const done = Promise.withResolvers<DeliveryAnswer>();
    const settle = (status: number | null, hasRetryAfter: boolean) => {
      done.resolve({ updateId, status, hasRetryAfter, sentMs, answeredMs: performance.now() });
    };
    const outgoing = request({
      agent,
      hostname,
      port,
      method: 'POST',
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
    outgoing.on('error', () => settle(null, false));
    outgoing.end(body);
    return done.promise;
  }
}

function sampleDelivery(updateId: number): BenchDelivery {
  return { botId: BENCH_BOT_ID, secret: BENCH_SECRET, body: sampleUpdate(updateId) };
}
