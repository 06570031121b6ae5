/** Sends a load: deliveries as Telegram makes them, and the reports of the bots that got them. */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { createProgress } from '@hookpulse/common/runtime/progress';
import {
  AnswerCount,
  type LatencyFigures,
  LatencyRecord,
  type RequestFigures,
} from '@hookpulse/traffic/load-figures';
import {
  type LoadBot,
  LoadPlan,
  type LoadShape,
  type PlannedUpdate,
} from '@hookpulse/traffic/load-plan';
import { runOpenLoop } from '@hookpulse/traffic/open-loop';
import { plannedCount, plannedMs } from '@hookpulse/traffic/pacing';
import { postJson } from '@hookpulse/traffic/post-json';
import { createReporter } from '@hookpulse/traffic/reporter';
import type { QueryApi } from '../api/query-api.ts';
import { countedDeliveries } from './counted.ts';

export interface LoadTarget {
  /** Origin. */
  readonly ingest: string;
  readonly api: QueryApi;
  readonly bots: readonly LoadBot[];
  readonly clock: Clock;
}

export interface LoadReport {
  readonly deliveries: RequestFigures;
  /** Second deliveries among them that were accepted, and must not count. */
  readonly duplicates: number;
  /** Events that bots reported. */
  readonly reportedEvents: number;
  readonly reports: RequestFigures;
  /** For how long updates were sent. */
  readonly seconds: number;
  readonly ratePerSecond: number;
  /** Of deliveries, from when they were planned to the end of the answer. */
  readonly latencyMs: LatencyFigures;
  /** Updates in the hourly rows that were not there before. */
  readonly counted: number;
  /** Accepted updates that were not counted in the end. */
  readonly lost: number;
  readonly isInterrupted: boolean;
}

/** As many as Telegram opens at most for one webhook (`max_connections` of `setWebhook`), and some bots. */
const MAX_SOCKETS = 256;
/** Telegram's own time-out. */
const DELIVERY_TIMEOUT_MS = 60_000;
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';
/** The promise is 2 s; this tells "late" from "never". */
const COUNTED_TIMEOUT_MS = 20_000;
const COUNTED_INTERVAL_MS = 250;

/** @param signal - ends it early, with all figures  @throws CommandError when the query API fails */
export async function runLoad(
  { ingest, api, bots, clock }: LoadTarget,
  shape: LoadShape,
  signal: AbortSignal,
): Promise<LoadReport> {
  const botIds = new Set(bots.map(({ botId }) => botId));
  const startedAtMs = clock.now();
  const countedBefore = await countedDeliveries(api, botIds, startedAtMs);
  const plan = new LoadPlan(shape, bots, startedAtMs);
  const deliveries = new AnswerCount(200);
  const reports = new AnswerCount(202);
  const latency = new LatencyRecord();
  let begun = 0;
  let duplicates = 0;
  let reportedEvents = 0;

  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS });
  const reporter = createReporter({ agent, ingest, clock }, ({ status, events }) => {
    if (reports.add(status)) reportedEvents += events;
  });
  const count = plannedCount(shape);
  const live = () => `, p99 ${latency.figures().p99 ?? '–'} ms, ${deliveries.failures} refused`;
  const progress = createProgress('updates', count, { rate: true, live });
  const sentForMs = await runOpenLoop({
    count,
    plannedMs: (n) => plannedMs(n, shape),
    signal,
    async onDue(n, plannedAtMs) {
      begun += 1;
      const update = plan.next(plannedMs(n, shape), clock.now());
      if (await deliver(update, plannedAtMs)) reporter.add(update.bot.reportToken, update.reports);
      // Telegram tries again at once when it did not see the answer.
      if (update.isDeliveredTwice && (await deliver(update, performance.now()))) duplicates += 1;
      progress.advance(1);
    },
  });
  await reporter.close();
  agent.destroy();
  progress.finish();

  const accepted = deliveries.figures().accepted - duplicates;
  const counted = await waitUntilCounted(accepted);
  return {
    deliveries: deliveries.figures(),
    duplicates,
    reportedEvents,
    reports: reports.figures(),
    seconds: Math.round(sentForMs) / 1_000,
    ratePerSecond: begun / Math.max(sentForMs / 1_000, 0.001),
    latencyMs: latency.figures(),
    counted,
    lost: Math.max(0, accepted - counted),
    isInterrupted: signal.aborted,
  };

  async function deliver({ bot, body }: PlannedUpdate, plannedAtMs: number): Promise<boolean> {
    const headers = { [SECRET_HEADER]: bot.webhookSecret };
    const url = `${ingest}/webhook/${bot.botId}`;
    const status = await postJson(agent, url, headers, body, DELIVERY_TIMEOUT_MS);
    latency.add(performance.now() - plannedAtMs);
    return deliveries.add(status);
  }

  async function waitUntilCounted(expected: number): Promise<number> {
    const deadlineMs = performance.now() + COUNTED_TIMEOUT_MS;
    for (;;) {
      const counted = (await countedDeliveries(api, botIds, startedAtMs)) - countedBefore;
      if (counted >= expected || performance.now() > deadlineMs) return counted;
      await delay(COUNTED_INTERVAL_MS);
    }
  }
}
