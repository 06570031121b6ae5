/** Makes what was erased unreadable on the disk, and says what is left. */

import type { ErasedHistory } from '@hookpulse/common/bots/erased-history';
import type { Clock } from '@hookpulse/common/runtime/clock';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { DAY_MS } from '@hookpulse/common/values/durations';
import type { EventLog } from '@hookpulse/event-log/event-log';
import {
  DEAD_LETTER_TOPIC,
  EVENTS_TOPIC,
  TOPIC_SPECS,
  DEAD_UPDATES_TOPIC,
  UPDATES_TOPIC,
} from '@hookpulse/event-log/topics';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import { ALERT_TABLES, RAW_TABLES, WINDOW_TABLES } from './bot-rows.ts';
import { purgeTables } from './purge-store.ts';

export interface PurgeDeps {
  readonly log: Pick<EventLog, 'purge'>;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly eventRetentionDays: number;
  readonly settings: { readonly lastWaitMs: number };
}

type Remains = ErasedHistory['remains'];

const ALL_TABLES = [...RAW_TABLES, ...WINDOW_TABLES, ...ALERT_TABLES];
const REPORTED = `what was delivered and reported (${UPDATES_TOPIC}, ${DEAD_UPDATES_TOPIC}, ${EVENTS_TOPIC}, ${DEAD_LETTER_TOPIC})`;
const COMPACTED = TOPIC_SPECS.filter(({ compacted }) => compacted).map(({ name }) => name);

/** Never rejects: everything is deleted, and what cannot be overwritten now is what is left. */
export async function purge(deps: PurgeDeps): Promise<Remains> {
  return [...(await purgeLog(deps)), ...(await purgeStore(deps))];
}

async function purgeLog({ log, clock, logger, eventRetentionDays }: PurgeDeps): Promise<Remains> {
  const forgottenAt = new Date(clock.now() + eventRetentionDays * DAY_MS).toISOString();
  try {
    if (await log.purge()) return [{ what: REPORTED, until: `${forgottenAt} at the latest` }];
  } catch (error) {
    logger.warn({ err: error }, 'what was erased is not overwritten in the log yet');
    return [
      { what: REPORTED, until: `${forgottenAt} at the latest` },
      { what: 'deleted messages in the file log.db-wal', until: 'the log overwrites them' },
    ];
  }
  return [
    { what: REPORTED, until: 'the retention of these topics ends' },
    {
      what: `earlier messages of ${COMPACTED.join(', ')}`,
      until: 'Kafka compacts these topics',
    },
  ];
}

async function purgeStore({ clickhouse, logger, settings }: PurgeDeps): Promise<Remains> {
  try {
    if (await purgeTables(clickhouse, ALL_TABLES, settings.lastWaitMs)) return [];
  } catch (error) {
    logger.warn({ err: error }, 'what was erased is not overwritten in the store yet');
  }
  return [
    {
      what: 'files of ClickHouse from before the deletion, which no query reads',
      until: 'ClickHouse removes them, within some minutes (old_parts_lifetime)',
    },
  ];
}
