/**
 * Child process of the ingest benchmark: sends one round of real sample updates, each with an id of
 * its own, over keep-alive connections, and waits for every answer, so that the answers can be
 * compared with what the log holds. The requests are built before the clock starts.
 */
import { sampleUpdate } from '@hookpulse/traffic/updates';
import autocannon from 'autocannon';
import { BENCH_BOT_ID, BENCH_SECRET, type LoadOrder, type LoadReport } from './ingest-protocol.ts';

process.once('message', async (order: LoadOrder) => {
  process.send?.(await sendRound(order));
  process.disconnect();
});

async function sendRound(order: LoadOrder): Promise<LoadReport> {
  const latenciesMs: number[] = [];
  let answers200 = 0;
  let nextUpdateId = order.firstUpdateId;
  const perConnection = Math.ceil(order.requests / order.connections);
  const done = Promise.withResolvers<autocannon.Result>();
  let startedMs = 0;
  let lastAnswerMs = 0;
  const round = autocannon(
    {
      url: order.url,
      connections: order.connections,
      amount: perConnection * order.connections,
      setupClient: (client) => {
        const build = () => buildRequest(nextUpdateId++);
        client.setRequests(Array.from({ length: perConnection }, build));
      },
    },
    (error: unknown, finished) => (error ? done.reject(error) : done.resolve(finished)),
  );
  // When all requests are built. autocannon itself looks only once a second whether it is done.
  round.on('start', () => {
    startedMs = performance.now();
  });
  round.on('response', (_client, statusCode, _bytes, latencyMs) => {
    if (statusCode === 200) answers200 += 1;
    latenciesMs.push(latencyMs);
    lastAnswerMs = performance.now();
  });
  const result = await done.promise;
  const sorted = Float64Array.from(latenciesMs).sort();
  return {
    seconds: (lastAnswerMs - startedMs) / 1_000,
    answers200,
    failures: result.non2xx + result.errors + result.timeouts,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  };
}

function buildRequest(updateId: number): autocannon.Request {
  return {
    method: 'POST',
    path: `/webhook/${BENCH_BOT_ID}`,
    headers: {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': BENCH_SECRET,
    },
    body: sampleUpdate(updateId),
  };
}

/** Nearest rank. */
function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
