/** A query API for a test file: a real store and log, a clock that the test sets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@hookpulse/common/clickhouse/open-client';
import { openTestClickHouse } from '@hookpulse/common/clickhouse/testing/open-test-clickhouse';
import type { HttpApp } from '@hookpulse/common/http/http-app';
import { openSqliteEventLog } from '@hookpulse/common/log/sqlite/sqlite-event-log';
import { TOPIC_SPECS } from '@hookpulse/common/log/topics';
import { followRebuilds } from '@hookpulse/common/rebuilds/follow-rebuilds';
import { type BotRegistry, openBotRegistry } from '@hookpulse/common/registry/bot-registry';
import { createLogger } from '@hookpulse/common/runtime/logger';
import { createQueryApi, type QueryApiDeps, type QueryApiSettings } from '../app.ts';

export const TEST_TOKENS = { admin: 'admin-token', read: 'read-token' };

export interface TestQueryApi {
  readonly clickhouse: ClickHouseClient;
  readonly registry: BotRegistry;
  readonly deps: QueryApiDeps;
  /** What the clock shows; milliseconds since the epoch. */
  readonly clock: { nowMs: number };
  /** Another app on the same engines; closed by `close`. Default: both tokens of `TEST_TOKENS`. */
  openApp(settings?: Partial<QueryApiSettings>, deps?: Partial<QueryApiDeps>): HttpApp;
  close(): Promise<void>;
}

/** @param serverUrl - where the store is made; null, the default: the embedded engine */
export async function openTestQueryApi(
  nowMs: number,
  serverUrl: string | null = null,
): Promise<TestQueryApi> {
  const logger = createLogger('test', 'silent');
  const store = await openTestClickHouse({ serverUrl });
  // Tests live at a time of their own, at which the engine would find every slice outdated.
  await store.client.command({ query: 'ALTER TABLE webhook_slices REMOVE TTL' });
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-query-api-'));
  const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  const registry = await openBotRegistry(log, logger);
  const clock = { nowMs, now: () => clock.nowMs };
  const rebuilds = followRebuilds({ log, logger });
  await rebuilds.opened;
  const deps: QueryApiDeps = { log, registry, rebuilds, clickhouse: store.client, logger, clock };
  const apps: HttpApp[] = [];
  return {
    clickhouse: store.client,
    registry,
    deps,
    clock,
    openApp(settings = {}, otherDeps = {}) {
      const app = createQueryApi(
        {
          tokens: TEST_TOKENS,
          errorRateThreshold: 0.1,
          eventRetentionDays: 7,
          trustProxy: false,
          ...settings,
        },
        { ...deps, ...otherDeps },
      );
      apps.push(app);
      return app;
    },
    async close() {
      await Promise.all(apps.map((app) => app.close()));
      await rebuilds.close();
      await registry.close();
      await log.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}
