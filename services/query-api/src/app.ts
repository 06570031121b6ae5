/** The query API as an HTTP app: every route, and the tokens in front of them. It never listens. */

import type { NotificationChannel } from '@hookpulse/api/notification-view';
import type { AlertSettings } from '@hookpulse/common/alerts/alert-settings';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { SecretBox } from '@hookpulse/common/values/sealed-secret';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { TrustProxy } from '@hookpulse/service-kit/config/address-formats';
import { basePathOf, locateUnder } from '@hookpulse/service-kit/http/base-path';
import { MAX_CONNECTIONS } from '@hookpulse/service-kit/http/connections';
import { createHttpApp } from '@hookpulse/service-kit/http/create-http-app';
import type { FailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import type { HttpApp } from '@hookpulse/service-kit/http/http-app';
import { refuseUnknownInput } from '@hookpulse/service-kit/http/known-input';
import type { Tokens } from '@hookpulse/service-kit/http/metrics-tokens';
import { createServiceMetrics } from '@hookpulse/service-kit/metrics/metrics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { pingTables } from '@hookpulse/store/ping';
import { StoreUnavailableError } from '@hookpulse/store/store-errors';
import type { AlertControls } from '@hookpulse/topic-tables/alerts/alert-controls';
import type { AlertStates } from '@hookpulse/topic-tables/alerts/alert-states';
import type { Annotations } from '@hookpulse/topic-tables/annotations/annotations';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import type { ErrorMarks } from '@hookpulse/topic-tables/errors/error-marks';
import type { ForwardingStatuses } from '@hookpulse/topic-tables/forwarding/forwarding-statuses';
import type { FirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import type { Rebuilds } from '@hookpulse/topic-tables/rebuilds/rebuilds';
import type { SavedViews } from '@hookpulse/topic-tables/saved-views/saved-views';
import type { StatusPages } from '@hookpulse/topic-tables/status-pages/status-pages';
import type { NamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import type { RouteOptions } from 'fastify';
import { answerCors } from './access/cors.ts';
import { type Credentials, createCredentials } from './access/credentials.ts';
import { createGrants } from './access/grants.ts';
import { limitRates, type RateLimits } from './access/rate-limit.ts';
import { setSecurityHeaders } from './access/security-headers.ts';
import { createSessionCookies } from './access/session-cookie.ts';
import type { Sessions } from './access/sessions.ts';
import type { AuditTrail } from './audit/audit-trail.ts';
import { auditWrites } from './audit/audit-writes.ts';
import { measureRequests, queryApiMetrics } from './metrics.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { ERASE_DEFAULTS, type EraseDeps, type EraseSettings } from './retention/erase-bot.ts';
import { registerAlertCondition } from './routes/alert-condition.ts';
import { registerAlertSettings } from './routes/alert-settings.ts';
import { registerAlerts } from './routes/alerts.ts';
import { registerAnnotations } from './routes/annotations.ts';
import { registerAudit } from './routes/audit.ts';
import { identifyCaller, requireTokens } from './routes/auth.ts';
import { type BackupRoutesDeps, registerBackups } from './routes/backups.ts';
import { registerBots, TELEGRAM_DEFAULTS, type TelegramSettings } from './routes/bots.ts';
import { registerCleanup } from './routes/cleanup.ts';
import { readDashboard, registerDashboard, showUnknownPage } from './routes/dashboard.ts';
import { documentRoutes, registerDocumentation } from './routes/documentation.ts';
import { registerErrors } from './routes/errors.ts';
import { type EventStreamSettings, registerEventStream } from './routes/event-stream.ts';
import { registerEvents } from './routes/events.ts';
import { registerBotHealth } from './routes/health-bot.ts';
import { registerFleetHealth } from './routes/health-fleet.ts';
import { registerHelp } from './routes/help.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerNotifications } from './routes/notifications.ts';
import { registerPublicStatus } from './routes/public-status.ts';
import { registerRebuilds } from './routes/rebuilds.ts';
import { registerReconciliation } from './routes/reconciliation.ts';
import { registerSavedViews } from './routes/saved-views.ts';
import { registerSession } from './routes/session.ts';
import { registerSessions } from './routes/sessions.ts';
import { registerSilences } from './routes/silences.ts';
import { registerStatusPages } from './routes/status-pages.ts';
import { registerTestNotification, type SendingSettings } from './routes/test-notification.ts';
import { registerTokens } from './routes/tokens.ts';
import { registerTopicsDocumentation } from './routes/topics-documentation.ts';
import { registerUpdateStream } from './routes/update-stream.ts';
import { registerUpdates } from './routes/updates.ts';

/** The limit of routes that set none: their bodies hold some fields and receivers. */
const MAX_BODY_BYTES = 65_536;

/** As the contract has it. */
const DEFAULT_ALERT_WINDOW_MS = 900_000;

export interface QueryApiSettings {
  readonly tokens: Tokens;
  /** Error rate, 0 to 1, above which a status is `unhealthy`. */
  readonly errorRateThreshold: number;
  /** Raw events older than this are deleted. */
  readonly eventRetentionDays: number;
  /** Where mails are written when there is no mail server. */
  readonly outboxFolder: string;
  /** Of hourly rows; null: they are kept. */
  readonly metricsRetentionDays: number | null;
  /** The alert settings that apply where nothing overrides them. */
  readonly alertDefaults: AlertSettings;
  /** The sliding window of the alert rules; default: 15 minutes. */
  readonly alertWindowMs?: number;
  /** What notifications are sent by; default: mails go to the outbox, and no channel has a secret. */
  readonly sending?: SendingSettings;
  /** Where notifications of alerts go; default: to files. */
  readonly notificationChannel?: NotificationChannel;
  readonly trustProxy: TrustProxy;
  /** Origins whose pages may send requests with a token; none: only pages of this address. */
  readonly corsOrigins: readonly string[];
  readonly rateLimits: RateLimits;
  /** Where people reach this API; null: at the address in the `Host` header. */
  readonly publicUrl: string | null;
  /** Default: the Bot API is Telegram's, and it is not known where it reaches ingest. */
  readonly telegram?: TelegramSettings;
  /** Default: as the route has them. */
  readonly eventStream?: Partial<EventStreamSettings>;
  /** Default: as erasing has them. */
  readonly erase?: Partial<EraseSettings>;
  /** The built dashboard; default: this repository's. */
  readonly dashboardFolder?: string;
}

export interface QueryApiDeps {
  readonly log: EventLog;
  readonly registry: BotRegistry;
  /** Silences and the alert settings of all bots. */
  readonly controls: AlertControls;
  readonly alerts: AlertStates;
  /** Which bots have had an event. */
  readonly firstEvents: Pick<FirstEvents, 'heardMs'>;
  readonly rebuilds: Rebuilds;
  /** Groups of errors that people resolved or ignore. */
  readonly errorMarks: ErrorMarks;
  readonly annotations: Annotations;
  readonly statusPages: StatusPages;
  readonly savedViews: SavedViews;
  readonly forwarding: Pick<ForwardingStatuses, 'get' | 'onChange'>;
  /** Null until it could be read. */
  readonly audit: { readonly table: AuditTrail | null };
  readonly namedTokens: NamedTokens;
  readonly sessions: Sessions;
  /** Encrypts tokens and forwarding secrets of bots; default: there is no key, so none are taken. */
  readonly secretBox?: SecretBox | null;
  readonly clickhouse: ClickHouseClient;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Limits attempts with wrong credentials; default: a budget of its own. Apps of one process share one. */
  readonly failures?: FailureBudget | undefined;
  /** Default: none can be made. */
  readonly makeBackup?: BackupRoutesDeps['makeBackup'];
  /** Called with every route. */
  readonly onRoute?: (route: RouteOptions) => void;
}

export function createQueryApi(settings: QueryApiSettings, deps: QueryApiDeps): HttpApp {
  const { log, audit, clickhouse, logger, clock, namedTokens, sessions } = deps;
  const basePath = basePathOf(settings.publicUrl);
  const metrics = createServiceMetrics('query-api');
  const dashboard = readDashboard(basePath, settings.dashboardFolder);
  const grants = createGrants({ tokens: settings.tokens, namedTokens, clock });
  const cookies = createSessionCookies(settings.publicUrl);
  const credentials = createCredentials({ grants, sessions, cookies, clock });
  const app = createHttpApp({
    logger,
    clock,
    metrics,
    trustProxy: settings.trustProxy,
    basePath,
    failures: deps.failures,
    maxConnections: MAX_CONNECTIONS.queryApi,
    bodyLimitBytes: MAX_BODY_BYTES,
    unavailableErrors: [StoreUnavailableError],
    firstHooks: [
      setSecurityHeaders,
      answerCors(settings.corsOrigins),
      identifyCaller(credentials),
      limitRates(settings.rateLimits, clock),
      showUnknownPage(dashboard),
    ],
    pluginsFirst(first) {
      const { onRoute } = deps;
      if (onRoute) first.addHook('onRoute', (route) => onRoute(route));
      documentRoutes(first, basePath);
    },
    readinessChecks: [
      { name: 'log', check: () => log.ping() },
      { name: 'store', check: () => pingTables(clickhouse) },
    ],
  });
  measureRequests(app, queryApiMetrics(metrics.registry));
  forbidCaching(app);
  refuseUnknownInput(app);
  const hasReadToken = settings.tokens.read !== null;
  requireTokens(app, credentials, settings.tokens);
  auditWrites(app, { log, audit, clock, logger });

  locateUnder(app, basePath);
  const queues = { changingPages: oneAtATime(), changingViews: oneAtATime() };
  app.register((routes, _options, done) => {
    registerDocumentation(routes, basePath);
    registerTopicsDocumentation(routes, basePath);
    registerSession(routes, { grants, sessions, cookies, clock, hasReadToken });
    registerSessions(routes, { grants, sessions, clock });
    registerTokens(routes, { namedTokens, sessions, registry: deps.registry, clock });
    registerDashboard(routes, dashboard);
    registerHelp(routes);
    registerBotRoutes(routes, settings, deps, queues);
    registerEventRoutes(routes, settings, deps, credentials);
    registerAlertRoutes(routes, settings, deps);
    registerStatusPages(routes, { ...deps, changing: queues.changingPages });
    registerSavedViews(routes, { ...deps, changing: queues.changingViews });
    registerPublicStatus(routes, deps);
    registerAdministration(routes, settings, deps);
    done();
  });
  return app;
}

function registerBotRoutes(
  routes: HttpApp,
  settings: QueryApiSettings,
  deps: QueryApiDeps,
  queues: Pick<EraseDeps, 'changingPages' | 'changingViews'>,
): void {
  const { log, registry, controls, alerts, rebuilds, forwarding, clickhouse, logger, clock } = deps;
  const { errorRateThreshold, eventRetentionDays, outboxFolder, alertDefaults } = settings;
  const { annotations, firstEvents, secretBox = null } = deps;
  const health = { registry, clickhouse, firstEvents, clock, errorRateThreshold };
  registerFleetHealth(routes, health);
  registerBotHealth(routes, { ...health, controls, alerts, forwarding });
  const erase = {
    ...{ log, clickhouse, rebuilds, alerts, controls, annotations, clock, logger },
    ...{ statusPages: deps.statusPages, savedViews: deps.savedViews, ...queues },
    eventRetentionDays,
    outboxFolder,
    settings: { ...ERASE_DEFAULTS, ...settings.erase },
  };
  const { telegram = TELEGRAM_DEFAULTS } = settings;
  registerBots(routes, {
    ...{ registry, controls, alertDefaults, secretBox, forwarding, telegram, clock, erase },
    receivers: {
      secretBox,
      hasWebhookSecret: sendingOf(settings).channels.webhookSecret !== null,
    },
    ...{ log, logger },
  });
}

function registerEventRoutes(
  routes: HttpApp,
  settings: QueryApiSettings,
  deps: QueryApiDeps,
  credentials: Credentials,
): void {
  const { log, clickhouse, registry, errorMarks, annotations } = deps;
  const { sessions, namedTokens, logger, clock } = deps;
  const onAccessChange = (listener: () => void) => {
    const stops = [sessions.onChange(listener), namedTokens.onChange(listener)];
    return () => {
      for (const stop of stops) stop();
    };
  };
  const { eventStream = {} } = settings;
  registerEventStream(routes, { log, logger, credentials, onAccessChange, settings: eventStream });
  registerEvents(routes, { clickhouse, clock });
  registerErrors(routes, { clickhouse, marks: errorMarks, clock });
  registerAnnotations(routes, { annotations, registry, clock, logger });
  registerUpdateStream(routes, { log, registry, logger, credentials, onAccessChange });
  registerUpdates(routes, { log, clickhouse, registry, clock });
  registerMetrics(routes, { clickhouse, clock });
}

function registerAlertRoutes(
  routes: HttpApp,
  settings: QueryApiSettings,
  deps: QueryApiDeps,
): void {
  const { registry, controls, alerts, firstEvents, clickhouse, logger, clock } = deps;
  const { secretBox = null } = deps;
  const { alertDefaults, notificationChannel: channel = 'file' } = settings;
  const { alertWindowMs: windowMs = DEFAULT_ALERT_WINDOW_MS } = settings;
  const history = { clickhouse, controls, alerts, clock };
  registerAlerts(routes, history);
  registerAlertCondition(routes, { ...history, registry, firstEvents, alertDefaults, windowMs });
  const sending = sendingOf(settings);
  const receivers = { secretBox, hasWebhookSecret: sending.channels.webhookSecret !== null };
  registerTestNotification(routes, {
    ...{ sending, registry, controls, alertDefaults, secretBox, clock },
  });
  registerSilences(routes, { controls, registry, clock, logger });
  registerAlertSettings(routes, { controls, alertDefaults, receivers });
  registerNotifications(routes, { controls, registry, alertDefaults, channel });
}

function registerAdministration(
  routes: HttpApp,
  { eventRetentionDays, metricsRetentionDays }: QueryApiSettings,
  { log, clickhouse, rebuilds, audit, makeBackup = null, logger, clock }: QueryApiDeps,
): void {
  registerReconciliation(routes, { log, clickhouse, clock, eventRetentionDays });
  registerAudit(routes, { audit });
  registerBackups(routes, { makeBackup });
  registerCleanup(routes, { clickhouse, clock, eventRetentionDays, metricsRetentionDays });
  registerRebuilds(routes, { log, clickhouse, rebuilds, clock, logger, eventRetentionDays });
}

function sendingOf({ sending, outboxFolder }: QueryApiSettings): SendingSettings {
  if (sending) return sending;
  return {
    mail: { smtpUrl: null, outboxDir: outboxFolder, from: 'hookpulse@localhost' },
    channels: {
      allowedHosts: [],
      telegramApiUrl: TELEGRAM_DEFAULTS.telegramApiUrl,
      pagerDutyApiUrl: 'https://events.pagerduty.com',
      botToken: null,
      webhookSecret: null,
    },
  };
}

/** Every answer is live, and some carry secrets: no proxy or browser may keep one. */
function forbidCaching(app: HttpApp): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
}
