/** A query API for a test file: a real store and log, a clock that the test sets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import { defaultRuleSettings } from '@hookpulse/common/alerts/rules/rules';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { openTestClickHouse } from '@hookpulse/store/testing/open-test-clickhouse';
import {
  type AlertControls,
  openAlertControls,
} from '@hookpulse/topic-tables/alerts/alert-controls';
import { type AlertStates, followAlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import { followAnnotations } from '@hookpulse/topic-tables/annotations/annotations';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { followErrorMarks } from '@hookpulse/topic-tables/errors/error-marks';
import {
  type ForwardingStatuses,
  followForwardingStatuses,
} from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import { type FirstEvents, openFirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import { followRebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import { followSavedViews } from '@hookpulse/topic-tables/saved-views/saved-views';
import { followStatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import { openNamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import { openSessions } from '../access/sessions.ts';
import { createQueryApi, type QueryApiDeps, type QueryApiSettings } from '../app.ts';
import { followAudit } from '../audit/audit-trail.ts';

export const TEST_TOKENS = { admin: 'admin-token', read: 'read-token' };

/** As an empty environment sets them, but for the receiver. */
export const TEST_ALERT_DEFAULTS: AlertSettings = {
  receivers: ['ops@example.com'],
  rules: defaultRuleSettings({
    windowMs: 900_000,
    errorRateThreshold: 0.1,
    minEvents: 10,
    signatureFailureThreshold: 5,
    repeatAfterMinutes: 30,
    noTrafficRepeatAfterMinutes: 60,
    noTrafficAfterSeconds: null,
    slowProcessingLimitMs: null,
  }),
};

export interface TestQueryApi {
  readonly clickhouse: ClickHouseClient;
  readonly registry: BotRegistry;
  readonly controls: AlertControls;
  readonly alerts: AlertStates;
  readonly firstEvents: FirstEvents;
  readonly forwarding: ForwardingStatuses;
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
  const logger = silentLogger;
  const store = await openTestClickHouse({ serverUrl });
  // Tests live at a time of their own, at which the engine would find every row outdated.
  for (const table of [
    'webhook_slices',
    'webhook_events',
    'webhook_events_by_time',
    'webhook_errors',
  ]) {
    await store.client.command({ query: `ALTER TABLE ${table} REMOVE TTL` });
  }
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-query-api-'));
  const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
  await log.ensureTopics(TOPIC_SPECS);
  const registry = await openBotRegistry(log, logger);
  const clock = { nowMs, now: () => clock.nowMs };
  const rebuilds = followRebuilds({ log, logger });
  await rebuilds.opened;
  const forwarding = followForwardingStatuses({ log, logger });
  await forwarding.opened;
  const controls = await openAlertControls({ log, logger });
  const alerts = followAlertStates({ log, logger });
  const namedTokens = openNamedTokens({ log, logger });
  const sessions = openSessions({ log, logger, clock });
  await Promise.all([namedTokens.opened, sessions.opened]);
  const audit = followAudit({ log, logger });
  await audit.opened;
  await alerts.opened;
  const errorMarks = followErrorMarks({ log, logger });
  const annotations = followAnnotations({ log, logger });
  const statusPages = followStatusPages({ log, logger });
  const savedViews = followSavedViews({ log, logger });
  await Promise.all([errorMarks.opened, annotations.opened, statusPages.opened, savedViews.opened]);
  const firstEvents = await openFirstEvents({ log, logger });
  const deps: QueryApiDeps = {
    log,
    firstEvents,
    registry,
    controls,
    alerts,
    rebuilds,
    errorMarks,
    annotations,
    statusPages,
    savedViews,
    forwarding,
    audit,
    namedTokens,
    sessions,
    clickhouse: store.client,
    logger,
    clock,
  };
  const apps: HttpApp[] = [];
  return {
    clickhouse: store.client,
    registry,
    controls,
    alerts,
    firstEvents,
    forwarding,
    deps,
    clock,
    openApp(settings = {}, otherDeps = {}) {
      const app = createQueryApi(
        {
          tokens: TEST_TOKENS,
          errorRateThreshold: 0.1,
          eventRetentionDays: 7,
          outboxFolder: join(directory, 'outbox'),
          metricsRetentionDays: null,
          alertDefaults: TEST_ALERT_DEFAULTS,
          trustProxy: false,
          corsOrigins: [],
          rateLimits: { perAddress: 0, perToken: 0 },
          publicUrl: null,
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
      await errorMarks.close();
      await annotations.close();
      await statusPages.close();
      await savedViews.close();
      await forwarding.close();
      await alerts.close();
      await audit.close();
      await sessions.close();
      await namedTokens.close();
      await controls.close();
      await firstEvents.close();
      await registry.close();
      await log.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}
