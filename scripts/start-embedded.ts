/**
 * `npm start`: the whole of Hookpulse in one process, around one log and one store. They are the
 * embedded ones in DATA_DIR unless KAFKA_BROKERS or CLICKHOUSE_URL name others.
 */
import { resolve } from 'node:path';
import { aggregatorSettings } from '@hookpulse/aggregator/settings';
import { start as startAggregator } from '@hookpulse/aggregator/start';
import { alerterSettings } from '@hookpulse/alerter/settings';
import { start as startAlerter } from '@hookpulse/alerter/start';
import { originOf } from '@hookpulse/cli/api/address';
import { systemClock } from '@hookpulse/common/runtime/clock';
import { forwarderSettings } from '@hookpulse/forwarder/settings';
import { start as startForwarder } from '@hookpulse/forwarder/start';
import { ingestSettings } from '@hookpulse/ingest/settings';
import { start as startIngest } from '@hookpulse/ingest/start';
import { queryApiSettings } from '@hookpulse/query-api/settings';
import { start as startQueryApi } from '@hookpulse/query-api/start';
import { makeBackup } from '@hookpulse/service-kit/backup/make-backup';
import type { Config, HttpConfig } from '@hookpulse/service-kit/config/config';
import { unknownVariables } from '@hookpulse/service-kit/config/unknown-variables';
import { createFailureBudget } from '@hookpulse/service-kit/http/failure-budget';
import { adminAccess } from '@hookpulse/service-kit/process/admin-access';
import { createLogger } from '@hookpulse/service-kit/process/create-logger';
import { openDataDir } from '@hookpulse/service-kit/process/data-dir';
import { configSummary, environmentWithFile, readConfig } from '@hookpulse/service-kit/process/env';
import { type OpenResources, runUntilSignal } from '@hookpulse/service-kit/process/lifecycle';
import { openEngines } from '@hookpulse/service-kit/process/open-engines';
import { assertEnoughFiles } from '@hookpulse/service-kit/process/open-files';
import { ensureSecretBox } from '@hookpulse/service-kit/process/secrets-key';
import { startFailure } from '@hookpulse/service-kit/process/start-failure';
import { openTelemetry } from '@hookpulse/service-kit/telemetry/telemetry';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { BotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { assertPortIsFree } from './assert-port-is-free.ts';
import { type DemoBot, startDemoBot } from './demo-bot.ts';
import { parseOptions } from './parse-options.ts';
import { welcome } from './welcome.ts';

const USAGE = `npm start [-- options]
  --demo   also start a stand-in for Telegram, with a bot to try adopting with`;

const { demo: isDemo } = parseOptions(USAGE, { demo: { type: 'boolean', default: false } });
try {
  const env = environmentWithFile(process.env);
  const config = readConfig(env);
  const logger = createLogger('hookpulse', config.logLevel);
  logger.info(configSummary(config), 'configuration');
  for (const warning of unknownVariables(env)) logger.warn(warning);
  if (config.http.ingestWorkers > 1) {
    logger.warn('INGEST_WORKERS has no effect here: everything runs in this one process');
  }
  await runUntilSignal(logger, (resources) => startAll(config, resources));
} catch (error) {
  console.error(startFailure('Hookpulse', error));
  process.exit(1);
}

/** Opens in the order of dependence, so that closing in reverse drains in the order of flow. */
async function startAll(given: Config, resources: OpenResources): Promise<void> {
  const logger = createLogger('hookpulse', given.logLevel);
  const telemetry = async (name: string) => {
    const opened = await openTelemetry(given, name);
    resources.add(`telemetry of ${name}`, opened);
    const { tracer, errors } = opened;
    const reportBotError = errors?.reportBotError ?? null;
    return { tracer, reportBotError, logger: createLogger(name, given.logLevel, errors) };
  };
  const told = {
    alerter: await telemetry('alerter'),
    aggregator: await telemetry('aggregator'),
    forwarder: await telemetry('forwarder'),
    queryApi: await telemetry('query-api'),
    ingest: await telemetry('ingest'),
  };
  assertEnoughFiles({ hasEmbeddedEngines: given.clickhouse.url === null });
  const dataDir = openDataDir(given.dataDir);
  resources.add('data folder', { close: async () => dataDir.release() });
  if (dataDir.isOpenToOthers) {
    const { path: folder, closedFiles } = dataDir;
    logger.warn(
      { folder, closedFiles },
      'other users can look into the data folder; its files are closed to them (mode 0600)',
    );
  }
  // Before anything is made, and a token told of that nobody sees.
  await assertPortsAreFree(given.http);
  const ingestUrl = originOf('ingest', given.http);
  if (isDemo && ingestUrl === null) throw new Error('--demo needs an INGEST_PORT other than 0');
  const demoBot = isDemo ? await startDemoBot(dataDir.path) : null;
  if (demoBot) resources.add('demo bot', demoBot);
  const config = demoBot && ingestUrl !== null ? withDemoBot(given, demoBot, ingestUrl) : given;
  const admin = await adminAccess(config);
  const secretBox = await ensureSecretBox(config);

  // Whoever starts it is looking on: an engine that is away is said at once.
  const open = openEngines({
    name: 'Hookpulse',
    config,
    resources,
    logger,
    attempt: (_engine, work) => work(),
  });
  const clock = systemClock;
  const clickhouse = await open.openStore();
  const log = await open.openLog();
  const registry = await open.openRegistry(log);
  if (demoBot) assertNoAdoptedBots(registry, demoBot);
  const engines = {
    log,
    clickhouse,
    registry,
    controls: await open.openAlertControls(log),
    namedTokens: open.openNamedTokens(log),
    presence: await open.openPresence(log),
    firstEvents: await open.openFirstEvents(log),
    clock,
  };
  const failures = createFailureBudget(clock);
  const alerter = await startAlerter({
    ...engines,
    secretBox,
    settings: alerterSettings(config),
    ...told.alerter,
  });
  resources.add('alerter', alerter);
  const aggregator = await startAggregator({
    ...engines,
    settings: aggregatorSettings(config),
    ...told.aggregator,
  });
  resources.add('aggregator', aggregator);
  const forwarder = await startForwarder({
    ...engines,
    secretBox,
    settings: forwarderSettings(config),
    ...told.forwarder,
  });
  resources.add('forwarder', forwarder);
  const queryApi = await startQueryApi({
    ...engines,
    failures,
    secretBox,
    makeBackup: backupOf(config, clickhouse),
    settings: queryApiSettings(config, admin.token),
    logger: told.queryApi.logger,
  });
  resources.add('query API', queryApi);
  const ingest = await startIngest({
    ...engines,
    failures,
    settings: ingestSettings(config, admin.token),
    ...told.ingest,
  });
  resources.add('ingest', ingest);

  const urls = {
    ingest: ingest.url,
    queryApi: queryApi.url,
    aggregator: aggregator.url,
    alerter: alerter.url,
    forwarder: forwarder.url,
  };
  const hasBots = registry.list().length > 0;
  console.log(welcome({ urls, admin, dataDir: dataDir.path, hasBots, demoBot }));
  logger.info(urls, 'ready');
}

/** What Telegram is to everything: the stand-in. It reaches ingest on this machine. */
function withDemoBot(config: Config, { telegramUrl }: DemoBot, ingestUrl: string): Config {
  return {
    ...config,
    forwarding: { ...config.forwarding, telegramApiUrl: telegramUrl, ingestUrl },
  };
}

/** @throws Error when there are any: their calls would go to the stand-in */
function assertNoAdoptedBots(registry: Pick<BotRegistry, 'list'>, { username }: DemoBot): void {
  const other = registry.list().find((bot) => bot.bot_token && bot.bot_id !== username);
  if (!other) return;
  throw new Error(
    `this data folder has a bot of Telegram, ${other.bot_id}. Use --demo with another folder (DATA_DIR).`,
  );
}

/** Null: an engine is a server, which has means of its own. */
function backupOf({ log, clickhouse: store }: Config, clickhouse: ClickHouseClient) {
  const { dataDir } = store;
  if (log.kafka !== null || store.url !== null) return null;
  return () => makeBackup({ clickhouse, dataDir: resolve(dataDir) }, systemClock.now());
}

async function assertPortsAreFree({ ports, host }: HttpConfig): Promise<void> {
  await assertPortIsFree(ports.ingest, 'another INGEST_PORT', host);
  await assertPortIsFree(ports.queryApi, 'another QUERY_API_PORT', host);
  await assertPortIsFree(ports.aggregator, 'another AGGREGATOR_PORT', host);
  await assertPortIsFree(ports.alerter, 'another ALERTER_PORT', host);
  await assertPortIsFree(ports.forwarder, 'another FORWARDER_PORT', host);
}
