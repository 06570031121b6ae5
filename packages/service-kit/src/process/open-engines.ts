/**
 * The engines of a service that runs alone: opened with patience, because in a cluster they may come
 * up later than the service, and prepared (topics, tables) by whoever comes first.
 */

import { systemClock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { retry } from '@hookpulse/common/runtime/retry';
import { createWaitLog } from '@hookpulse/common/runtime/wait-log';
import { type EventLog, isLogOutage, UnknownTopicError } from '@hookpulse/event-log/event-log';
import { openEventLog } from '@hookpulse/event-log/open-event-log';
import { TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { createDatabase } from '@hookpulse/store/create-database';
import { migrate } from '@hookpulse/store/migrate';
import { type ClickHouseClient, openClickHouse } from '@hookpulse/store/open-client';
import { StoreRefusedError, toStoreError } from '@hookpulse/store/store-errors';
import {
  type AlertControls,
  openAlertControls,
} from '@hookpulse/topic-tables/alerts/alert-controls';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { type FirstEvents, openFirstEvents } from '@hookpulse/topic-tables/presence/first-events';
import { openPresence, type Presence } from '@hookpulse/topic-tables/presence/presence';
import { type NamedTokens, openNamedTokens } from '@hookpulse/topic-tables/tokens/named-tokens';
import type { Config } from '../config/config.ts';
import type { Closable, OpenResources } from './lifecycle.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** Each resolves once the engine answers and is prepared; all are closed with the process. */
export interface Engines {
  /** The log with every topic. @throws what is not an outage: refused access, for one. */
  openLog(): Promise<EventLog>;
  /** The store with every table. @throws StoreRefusedError */
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
  /** Starts what works on them at the address where it was waited; the log may go away meanwhile. */
  start<Running>(start: () => Promise<Running>): Promise<Running>;
}

/** Soon, since most engines that are late come within seconds. */
const FIRST_PAUSE_MS = 250;
/** So that work goes on within seconds of the engine's return, however long it was away. */
const LONGEST_PAUSE_MS = 2_000;

export interface EngineDeps {
  readonly config: Config;
  readonly resources: OpenResources;
  readonly room: WaitingRoom;
  readonly logger: Logger;
}

export function openEngines({ config, resources, room, logger }: EngineDeps): Engines {
  /** What follows the log is closed at once together: each may wait for a broker that is away. */
  const tables: Closable[] = [];
  const addTable = <Table extends Closable>(table: Table): Table => {
    tables.push(table);
    return table;
  };
  /** Resolves once the engine answers. @throws what waiting does not mend */
  const withEngine = <Result>(
    engine: 'log' | 'store',
    isOutage: (error: unknown) => boolean,
    work: () => Promise<Result>,
  ) => {
    const wait = createWaitLog(logger, 'waiting for an engine');
    const onFailure = (error: unknown) => {
      if (!isOutage(error)) throw error;
      wait.failed(error, { engine });
    };
    const pauses = { pauseMs: FIRST_PAUSE_MS, longestPauseMs: LONGEST_PAUSE_MS };
    return room.waitFor(engine, () => retry(work, { ...pauses, onFailure }));
  };
  const withLog = <Result>(work: () => Promise<Result>) => withEngine('log', isLogLate, work);
  return {
    async openLog() {
      const log = await withLog(() => openEventLog(config.log, logger));
      resources.add('log', log);
      resources.add('topic tables', { close: () => closeAll(tables) });
      await withLog(() => log.ensureTopics(TOPIC_SPECS));
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
      return addTable(await withLog(() => openPresence({ log, logger, clock: systemClock })));
    },
    async openFirstEvents(log) {
      return addTable(await withLog(() => openFirstEvents({ log, logger })));
    },
    start: (start) => withLog(() => room.leaveFor(start)),
    async openStore() {
      const store = resources.add('store', await openClickHouse(config.clickhouse));
      const { retentionDays, metricsRetentionDays } = config.events;
      const { cluster } = config.clickhouse;
      const prepare = async () => {
        try {
          await createDatabase(config.clickhouse);
          await migrate(store, { retentionDays, metricsRetentionDays, cluster }, logger);
        } catch (error) {
          throw toStoreError(error);
        }
      };
      await withEngine('store', isStoreOutage, prepare);
      return store;
    },
  };
}

async function closeAll(tables: readonly Closable[]): Promise<void> {
  await Promise.all(tables.map((table) => table.close()));
}

/** A topic that was made a moment ago may not be known to every broker yet. */
function isLogLate(error: unknown): boolean {
  return isLogOutage(error) || error instanceof UnknownTopicError;
}

/** Everything but a refusal: networks, starts, overload and read-only replicas all pass. */
function isStoreOutage(error: unknown): boolean {
  return !(error instanceof StoreRefusedError);
}
