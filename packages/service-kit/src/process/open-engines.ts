/**
 * The engines that services stand on, and the tables from their topics: opened in one place, and
 * prepared (topics, database, columns) by whichever process comes first.
 */

import { steadyClock, systemClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { createDatabase } from '@hookpulse/store/create-database';
import { migrate } from '@hookpulse/store/migrate';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import {
  type AlertControls,
  openAlertControls,
} from '@hookpulse/topic-tables/alerts/alert-controls';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { type FirstEvents, openFirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import { openPresence, type Presence } from '@hookpulse/topic-tables/presence/presence';
import { type NamedTokens, openNamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import type { Config } from '../config/config.ts';
import { announceStart } from './announce-start.ts';
import type { Closable, OpenResources } from './lifecycle.ts';

export type Engine = 'log' | 'store';

/** Does some work with an engine that may not be there yet. @throws what waiting does not mend */
export type Attempt = <Result>(engine: Engine, work: () => Promise<Result>) => Promise<Result>;

/** Each resolves once the engine answers and is prepared; all are closed with the process. */
export interface Engines {
  /** The log with every topic. That the process has started is noted there. */
  openLog(): Promise<EventLog>;
  /** The store with every table. */
  openStore(): Promise<ClickHouseClient>;
  /** All bots, as the log has them at that moment. */
  openRegistry(log: EventLog): Promise<BotRegistry>;
  /** Silences and the settings of all bots, as the log has them at that moment. */
  openAlertControls(log: EventLog): Promise<AlertControls>;
  /** Named tokens; followed in the background, as what needs none goes on without them. */
  openNamedTokens(log: EventLog): NamedTokens;
  /** When ingest listened, as the log has it at that moment. */
  openPresence(log: EventLog): Promise<Presence>;
  /** Which bots have had an event, as the log has it at that moment. */
  openFirstEvents(log: EventLog): Promise<FirstEvents>;
}

export interface EngineDeps {
  /** Of the process, as operators know it. */
  readonly name: string;
  readonly config: Config;
  readonly resources: OpenResources;
  readonly attempt: Attempt;
  readonly logger: Logger;
}

export function openEngines(deps: EngineDeps): Engines {
  const { name, config, resources, attempt, logger } = deps;
  /** What follows the log is closed at once together: each may wait for a broker that is away. */
  const tables: Closable[] = [];
  const addTable = <Table extends Closable>(table: Table): Table => {
    tables.push(table);
    return table;
  };
  const withLog = <Result>(work: () => Promise<Result>) => attempt('log', work);
  return {
    async openLog() {
      const log = await withLog(() => openEventLog(config.log, logger));
      resources.add('log', log);
      resources.add('topic tables', { close: () => closeAll(tables) });
      await withLog(() => log.ensureTopics(TOPIC_SPECS));
      addTable(announceStart({ name, log, logger, clock: systemClock }));
      return log;
    },
    async openRegistry(log) {
      return addTable(await withLog(() => openBotRegistry(log, logger)));
    },
    async openAlertControls(log) {
      return addTable(await withLog(() => openAlertControls({ log, logger })));
    },
    openNamedTokens: (log) => addTable(openNamedTokens({ log, logger })),
    async openPresence(log) {
      const clocks = { clock: systemClock, steadyClock };
      return addTable(await withLog(() => openPresence({ log, logger, ...clocks })));
    },
    async openFirstEvents(log) {
      return addTable(await withLog(() => openFirstEvents({ log, logger })));
    },
    async openStore() {
      const store = resources.add('store', await openClickHouse(config.clickhouse));
      const { retentionDays, metricsRetentionDays } = config.events;
      const { cluster } = config.clickhouse;
      await attempt('store', async () => {
        await createDatabase(config.clickhouse);
        await migrate(store, { retentionDays, metricsRetentionDays, cluster }, logger);
      });
      return store;
    },
  };
}

async function closeAll(tables: readonly Closable[]): Promise<void> {
  await Promise.all(tables.map((table) => table.close()));
}
