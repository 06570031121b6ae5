/**
 * Child process of the health benchmark: a store with so many events in it, and the query API on top of it.
 * chDB binds one folder a process, so stores of two sizes need two.
 *
 *   node fleet-store-server.ts <stored events> <bots> <events a second in the last 15 minutes>
 */
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import {
  openTestQueryApi,
  TEST_TOKENS,
} from '../../services/query-api/src/testing/open-test-query-api.ts';
import { storeEvents, testEvent } from '../../services/query-api/src/testing/store-events.ts';
import { answerTimes, emptyQueryTimes, type Times } from './answer-times.ts';
import { storeHours, storeIsQuiet, storeRawEvents } from './stored-traffic.ts';

/** To the child: time so many answers, and as many empty queries; or stop. */
export type FleetStoreOrder = { readonly requests: number } | 'stop';

export type FleetStoreReport =
  | { readonly kind: 'filled' }
  | { readonly kind: 'timed'; readonly answersMs: Times; readonly emptyQueriesMs: Times };

const QUARTER_MS = 900_000;
/** For longer than the last 15 minutes: their last event is looked for in the hourly rows. */
const SILENT_ONE_IN = 33;

const [stored = 0, bots = 0, perSecond = 0] = process.argv.slice(2).map(Number);
const nowMs = Date.now();
const historyEndMs = nowMs - QUARTER_MS - 10_000;

const api = await openTestQueryApi(nowMs);
for (let n = 0; n < bots; n += 1) await registerBot(`bot-${n}`);
await storeRawEvents(api.clickhouse, { from: 0, to: stored, bots, nowMs: historyEndMs });
await storeHours(api.clickhouse, historyEndMs);
await storeEvents(api.clickhouse, recentEvents());
await storeIsQuiet(api.clickhouse);
const app = api.openApp();
process.on('message', async (order: FleetStoreOrder) => {
  if (order === 'stop') {
    await api.close();
    process.disconnect();
    return;
  }
  const { requests } = order;
  const request = { path: '/api/health/webhook/', token: TEST_TOKENS.read, requests };
  const answersMs = await answerTimes(app, request);
  const emptyQueriesMs = await emptyQueryTimes(api.clickhouse, requests);
  report({ kind: 'timed', answersMs, emptyQueriesMs });
});
// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());
report({ kind: 'filled' });

async function registerBot(botId: string): Promise<void> {
  const at = new Date(nowMs).toISOString();
  await api.registry.put({
    bot_id: botId,
    name: botId,
    enabled: true,
    webhook_secret_sha256: '0'.repeat(64),
    report_token_sha256: '0'.repeat(64),
    created_at: at,
    updated_at: at,
  });
}

/** Received and processed in turn, spread over all bots but the silent ones. */
function recentEvents(): WebhookEvent[] {
  const count = perSecond * (QUARTER_MS / 1_000);
  const talking = bots - Math.ceil(bots / SILENT_ONE_IN);
  return Array.from({ length: count }, (_, n) => {
    const timestamp = new Date(nowMs - QUARTER_MS + (n / count) * QUARTER_MS).toISOString();
    const bot_id = `bot-${(n >> 1) % talking}`;
    return n % 2 === 0
      ? testEvent(timestamp, { bot_id, update_id: n, update_type: 'message' })
      : testEvent(timestamp, {
          bot_id,
          event_type: 'processed',
          processing_time_ms: 5 + (n % 997),
        });
  });
}

function report(message: FleetStoreReport): void {
  process.send?.(message);
}
