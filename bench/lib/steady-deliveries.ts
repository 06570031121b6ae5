/**
 * Deliveries at a steady rate, whatever becomes of them: the next one does not wait for the answers to
 * those before, as Telegram's many bots do not wait for each other.
 */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
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

const FIXTURE = join(import.meta.dirname, '../../test/fixtures/telegram-updates.ndjson');
const SAMPLES = readFileSync(FIXTURE, 'utf8').trim().split('\n');
const TICK_MS = 5;

export function startDeliveries(
  url: string,
  perSecond: number,
  onAnswer: (answer: DeliveryAnswer) => void,
): SteadyDeliveries {
  const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
  const { hostname, port } = new URL(url);
  const underWay = new Set<Promise<void>>();
  const startedMs = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startedMs) / 1_000) * perSecond);
    while (sent < due) {
      const answered = deliver(sent++).then(onAnswer);
      underWay.add(answered);
      void answered.finally(() => underWay.delete(answered));
    }
  }, TICK_MS);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };

  function deliver(updateId: number): Promise<DeliveryAnswer> {
    const sentMs = performance.now();
    const body = updateWith(updateId);
    const done = Promise.withResolvers<DeliveryAnswer>();
    const settle = (status: number | null, hasRetryAfter: boolean) => {
      done.resolve({ updateId, status, hasRetryAfter, sentMs, answeredMs: performance.now() });
    };
    const outgoing = request({
      agent,
      hostname,
      port,
      method: 'POST',
      path: `/webhook/${BENCH_BOT_ID}`,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'x-telegram-bot-api-secret-token': BENCH_SECRET,
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

function updateWith(updateId: number): string {
  const sample = SAMPLES[updateId % SAMPLES.length] ?? '';
  return sample.replace(/"update_id": \d+/, `"update_id": ${updateId}`);
}
