/** An aggregator on real embedded engines, whose stored windows a test can tamper with. */

import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { sampleEvent } from '@hookpulse/common/testing/sample-event';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { HOUR_MS } from '@hookpulse/common/values/durations';
import type { RebuildAnswer, RebuildRequest } from '@hookpulse/common/windows/rebuild';
import {
  addEvent,
  emptyWindow,
  latenciesOf,
  SLICE_MS,
  snapshotWindow,
  type Window,
  windowStart,
} from '@hookpulse/common/windows/window';
import {
  openSqliteEventLog,
  type SqliteEventLog,
} from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { EVENTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { windowToRow } from '@hookpulse/store/tables/windows';
import type { TestClickHouse } from '@hookpulse/store/testing/open-test-clickhouse';
import { openRebuilds, type Rebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import { type RunningAggregator, runAggregator } from '../../run.ts';
import { createClickHouseAggregateStore } from '../../store/clickhouse-aggregate-store.ts';
import { createClickHouseRebuildStore } from '../clickhouse-rebuild-store.ts';
import type { RebuildStore } from '../rebuild-store.ts';

const logger = silentLogger;
const TABLES = ['webhook_events', 'webhook_metrics', 'webhook_slices', 'webhook_positions'];
/** Enough for three bots to be apart; each asks the store for its own rows. */
export const PARTITIONS = 3;
export const SPECS = TOPIC_SPECS.map((spec) =>
  spec.name === EVENTS_TOPIC ? { ...spec, partitions: PARTITIONS } : spec,
);
const RETENTION_DAYS = 7;

export type HourRow = Readonly<Record<string, unknown>> & {
  readonly bot_id: string;
  readonly start_ms: number;
};

export class RebuildFixture {
  readonly published: WebhookEvent[] = [];
  readonly #clickhouse: TestClickHouse;
  #directory = '';
  #log: SqliteEventLog | null = null;
  #rebuilds: Rebuilds | null = null;
  readonly #running = new Set<RunningAggregator>();

  constructor(clickhouse: TestClickHouse) {
    this.#clickhouse = clickhouse;
  }

  get log(): SqliteEventLog {
    if (!this.#log) throw new Error('open the fixture first');
    return this.#log;
  }

  get rebuilds(): Rebuilds {
    if (!this.#rebuilds) throw new Error('open the fixture first');
    return this.#rebuilds;
  }

  get store(): RebuildStore {
    return createClickHouseRebuildStore(this.#clickhouse.client);
  }

  /** A new log and empty tables. */
  async open(): Promise<void> {
    for (const table of TABLES) await this.command(`TRUNCATE TABLE ${table}`);
    this.#directory = await mkdtemp(join(tmpdir(), 'hookpulse-rebuild-'));
    this.#log = await openSqliteEventLog(
      { directory: this.#directory, retentionDays: RETENTION_DAYS },
      logger,
    );
    await this.#log.ensureTopics(SPECS);
    this.#rebuilds = await openRebuilds({ log: this.#log, logger });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map((aggregator) => aggregator.close()));
    this.#running.clear();
    await this.#rebuilds?.close();
    await this.#log?.close();
    await rm(this.#directory, { recursive: true, force: true });
    this.published.length = 0;
  }

  async start(rebuildStore: RebuildStore = this.store): Promise<RunningAggregator> {
    const aggregator = await runAggregator({
      log: this.log,
      store: createClickHouseAggregateStore(this.#clickhouse.client),
      rebuildStore,
      logger,
      clock: { now: () => Date.now() },
      processingTimeoutMs: 30_000,
      flusherLimits: {
        delayMs: 5,
        shortestIntervalMs: 20,
        longestIntervalMs: 20,
        maxPendingEvents: 1_000,
        patienceMs: 1_000,
      },
    });
    this.#running.add(aggregator);
    return aggregator;
  }

  async stop(aggregator: RunningAggregator): Promise<void> {
    this.#running.delete(aggregator);
    await aggregator.close();
  }

  async publish(events: readonly WebhookEvent[]): Promise<void> {
    await this.log.publish(
      events.map((one) => ({ topic: EVENTS_TOPIC, key: one.bot_id, value: JSON.stringify(one) })),
    );
    this.published.push(...events);
  }

  async allStored(): Promise<void> {
    await until('all to be stored', async () => {
      const rows = await this.select<{ log_partition: number; next_offset: number }>(
        `SELECT log_partition, next_offset FROM webhook_positions FINAL
         ORDER BY log_partition, log_epoch DESC LIMIT 1 BY log_partition`,
      );
      const stored = new Map(rows.map((row) => [row.log_partition, row.next_offset]));
      const ranges = await this.log.ranges(EVENTS_TOPIC);
      return ranges.every(
        ({ partition, endOffset }) =>
          endOffset === 0n || stored.get(partition) === Number(endOffset),
      );
    });
  }

  /** Asks for a rebuild and waits until every partition has answered to its end. */
  async rebuild(changes: Partial<RebuildRequest> = {}): Promise<readonly RebuildAnswer[]> {
    const request = await this.request(changes);
    return this.answers(request);
  }

  async request(changes: Partial<RebuildRequest> = {}): Promise<RebuildRequest> {
    const nowMs = Date.now();
    const thisHourMs = windowStart(nowMs, HOUR_MS);
    const request = {
      rebuild_id: randomUUID(),
      requested_at: new Date(nowMs).toISOString(),
      expires_at: new Date(nowMs + HOUR_MS).toISOString(),
      from: new Date(thisHourMs - 6 * HOUR_MS).toISOString(),
      to: new Date(thisHourMs + HOUR_MS).toISOString(),
      bot_id: null,
      dry_run: false,
      partitions: PARTITIONS,
      retention_days: RETENTION_DAYS,
      ...changes,
    };
    await this.rebuilds.post(request);
    return request;
  }

  answers({ rebuild_id }: RebuildRequest): Promise<readonly RebuildAnswer[]> {
    return until('every partition to answer', () => {
      const answers = this.rebuilds.get(rebuild_id)?.answers ?? [];
      const ended = answers.filter(({ state }) => state !== 'running');
      return ended.length === PARTITIONS && ended;
    });
  }

  async command(query: string): Promise<void> {
    await this.#clickhouse.client.command({ query });
  }

  async select<Row>(query: string): Promise<Row[]> {
    return (await this.#clickhouse.client.query({ query, format: 'JSONEachRow' })).json<Row>();
  }

  /** The hourly rows, by bot and hour, without versions. */
  storedHours(): Promise<HourRow[]> {
    return this.select<HourRow>(
      `SELECT bot_id, (toUnixTimestamp(toDateTime(date, 'UTC')) + hour * 3600) * 1000 AS start_ms,
              * EXCEPT (bot_id, date, hour, log_partition, log_epoch, next_offset, last_event_at),
              toUnixTimestamp64Milli(last_event_at) AS last_event_ms
       FROM webhook_metrics FINAL ORDER BY bot_id, start_ms`,
    );
  }

  /** The slices that are asked for, by bot and start. */
  storedSlices(sinceMs: number): Promise<HourRow[]> {
    return this.select<HourRow>(
      `SELECT bot_id, toUnixTimestamp(start) * 1000 AS start_ms,
              * EXCEPT (bot_id, start, log_partition, log_epoch, next_offset, last_event_at),
              toUnixTimestamp64Milli(last_event_at) AS last_event_ms
       FROM webhook_slices FINAL WHERE start_ms >= ${sinceMs} ORDER BY bot_id, start_ms`,
    );
  }

  /** What the hourly rows have to be, by what was published. */
  trueHours(): HourRow[] {
    return truth(this.published, HOUR_MS).map(({ botId, startMs, window }) => {
      const snapshot = snapshotWindow(window);
      const { last_event_at, ...columns } = windowToRow(snapshot);
      return {
        bot_id: botId,
        start_ms: startMs,
        ...columns,
        ...latenciesOf(snapshot),
        last_event_ms: Date.parse(last_event_at),
      };
    });
  }

  trueSlices(sinceMs: number): HourRow[] {
    return truth(this.published, SLICE_MS)
      .filter(({ startMs }) => startMs >= sinceMs)
      .map(({ botId, startMs, window }) => {
        const { last_event_at, ...columns } = windowToRow(snapshotWindow(window));
        const last_event_ms = Date.parse(last_event_at);
        return { bot_id: botId, start_ms: startMs, ...columns, last_event_ms };
      });
  }
}

interface TrueWindow {
  readonly botId: string;
  readonly startMs: number;
  readonly window: Window;
}

/** By the shortest possible code; events of one bot are on the log in the order given. */
function truth(events: readonly WebhookEvent[], sizeMs: number): TrueWindow[] {
  const windows = new Map<string, TrueWindow>();
  for (const event of events) {
    const timeMs = Date.parse(event.timestamp);
    const startMs = windowStart(timeMs, sizeMs);
    const key = `${event.bot_id} ${startMs}`;
    const entry = windows.get(key) ?? { botId: event.bot_id, startMs, window: emptyWindow() };
    addEvent(entry.window, event, timeMs);
    windows.set(key, entry);
  }
  return [...windows.values()].sort((a, b) =>
    a.botId === b.botId ? a.startMs - b.startMs : a.botId < b.botId ? -1 : 1,
  );
}

/** An event of a bot at a time of its own. */
export function eventAt(
  botId: string,
  timeMs: number,
  changes: Partial<WebhookEvent> = {},
): WebhookEvent {
  return sampleEvent({
    event_id: randomUUID(),
    bot_id: botId,
    timestamp: new Date(timeMs).toISOString(),
    ...changes,
  });
}
