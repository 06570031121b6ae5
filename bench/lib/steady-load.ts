/**
 * Traffic at a steady rate into a running system, and how far its health answer is behind: at every
 * look, the age of the oldest acknowledged event that the answer has not counted yet.
 */
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { postJson } from '@hookpulse/traffic/post-json';
import { HookpulseClient, type RegisteredBot } from '../../test/support/hookpulse-client.ts';

export interface SteadyLoadOptions {
  /** Origins of the ingests, taken in turn. */
  readonly ingestUrls: readonly string[];
  readonly queryApiUrl: string;
  readonly adminToken: string;
  readonly eventsPerSecond: number;
  /**
   * Half of them get deliveries, the others report: so every event counts as one in the answer. The bots of
   * both halves are gone over in turn, so all of them have events.
   */
  readonly bots: number;
  /** Of the events: those that are deliveries, one request each. The others are reported by many. */
  readonly deliveredShare?: number;
}

export interface SteadyLoad {
  /** Events acknowledged so far. */
  readonly acknowledged: number;
  /** Answers by status; `null` for none. */
  readonly answers: ReadonlyMap<number | null, number>;
  /** The worst lateness since the last call of this, in milliseconds. */
  takeWorstBehindMs(): number;
  /** How far the newest answer was behind, in milliseconds. */
  readonly behindMs: number;
  /** Ends the traffic; looking goes on. Resolves when every request is answered. */
  stopTraffic(): Promise<void>;
  /** What the health answer counts now. */
  counted(): Promise<number>;
  close(): Promise<void>;
}

const TICK_MS = 50;
const LOOK_INTERVAL_MS = 200;
const DEFAULT_DELIVERED_SHARE = 0.3;
/** What ingest takes in one report. */
const MAX_REPORTED_AT_ONCE = 1_000;

export async function startSteadyLoad(options: SteadyLoadOptions): Promise<SteadyLoad> {
  const { ingestUrls, queryApiUrl, adminToken, eventsPerSecond } = options;
  const deliveredShare = options.deliveredShare ?? DEFAULT_DELIVERED_SHARE;
  const client = new HookpulseClient(
    {
      ingest: ingestUrls[0] ?? '',
      queryApi: queryApiUrl,
    },
    adminToken,
  );
  const bots: RegisteredBot[] = [];
  for (let n = 0; n < options.bots; n += 1) bots.push(await client.registerBot(`bot-${n}`));
  const half = Math.floor(bots.length / 2);
  const [delivered, reporting] = [bots.slice(0, half), bots.slice(half)];

  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const answers = new Map<number | null, number>();
  /** Moments at which so many had been acknowledged, oldest first. */
  const acknowledgedAt: { readonly atMs: number; readonly total: number }[] = [];
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  const closed = new AbortController();
  let acknowledged = 0;
  let attempts = 0;
  let updateId = 0;
  let reported = 0;
  let behindMs = 0;
  let worstBehindMs = 0;

  const traffic = sendUntilStopped();
  const looking = lookUntilClosed();
  return {
    get acknowledged() {
      return acknowledged;
    },
    answers,
    takeWorstBehindMs() {
      const worst = worstBehindMs;
      worstBehindMs = behindMs;
      return worst;
    },
    get behindMs() {
      return behindMs;
    },
    async stopTraffic() {
      stopped.abort();
      await traffic;
    },
    counted,
    async close() {
      stopped.abort();
      closed.abort();
      await Promise.all([traffic, looking]);
      agent.destroy();
    },
  };

  async function sendUntilStopped(): Promise<void> {
    const startedMs = performance.now();
    let sent = 0;
    while (!stopped.signal.aborted) {
      const owed = Math.floor(((performance.now() - startedMs) / 1_000) * eventsPerSecond) - sent;
      const deliveries = Math.round(owed * deliveredShare);
      for (let n = 0; n < deliveries; n += 1) track(deliver());
      for (let left = owed - deliveries; left > 0; left -= MAX_REPORTED_AT_ONCE) {
        track(report(Math.min(left, MAX_REPORTED_AT_ONCE)));
      }
      sent += Math.max(0, owed);
      await delay(TICK_MS);
    }
    await Promise.all(underWay);
  }

  function track(work: Promise<void>): void {
    const ended = work.finally(() => underWay.delete(ended));
    underWay.add(ended);
  }

  async function deliver(): Promise<void> {
    updateId += 1;
    const bot = delivered[updateId % delivered.length];
    if (!bot) return;
    const update = { update_id: updateId, message: { message_id: updateId, text: 'load' } };
    const headers = { 'x-telegram-bot-api-secret-token': bot.secret };
    if ((await post(`/webhook/${bot.botId}`, headers, update)) === 200) acknowledge(1);
  }

  async function report(count: number): Promise<void> {
    const first = reported;
    reported += count;
    const events = Array.from({ length: count }, (_, index) => ({
      bot_id: reporting[(first + index) % reporting.length]?.botId,
      event_type: 'processed',
      processing_time_ms: (first + index) % 997,
    }));
    const headers = { authorization: `Bearer ${adminToken}` };
    if ((await post('/api/events', headers, events)) === 202) acknowledge(count);
  }

  function acknowledge(count: number): void {
    acknowledged += count;
    acknowledgedAt.push({ atMs: performance.now(), total: acknowledged });
  }

  async function post(path: string, headers: Record<string, string>, body: object) {
    attempts += 1;
    const url = `${ingestUrls[attempts % ingestUrls.length]}${path}`;
    const status = await postJson(agent, url, headers, JSON.stringify(body));
    answers.set(status, (answers.get(status) ?? 0) + 1);
    return status;
  }

  async function lookUntilClosed(): Promise<void> {
    while (!closed.signal.aborted) {
      const lookedMs = performance.now();
      const seen = await counted().catch(() => null);
      behindMs = latenessOf(seen ?? 0, seen === null ? performance.now() : lookedMs);
      worstBehindMs = Math.max(worstBehindMs, behindMs);
      await delay(LOOK_INTERVAL_MS);
    }
  }

  /** Age of the oldest acknowledgement that is not in the answer; what is, is forgotten. */
  function latenessOf(seen: number, nowMs: number): number {
    while (acknowledgedAt[0] && acknowledgedAt[0].total <= seen) acknowledgedAt.shift();
    const oldest = acknowledgedAt[0];
    return oldest ? Math.max(0, nowMs - oldest.atMs) : 0;
  }

  async function counted(): Promise<number> {
    const { summary } = await client.fleetHealth();
    return Number(summary.total_events_last_15min);
  }
}
