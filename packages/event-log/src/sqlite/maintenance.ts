/**
 * Deletes what is too old, in steps so small that publishes queue behind none of them for long:
 * messages past the retention, and tombstones that every follower has had time to see.
 */

import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@hookpulse/common/runtime/clock';
import { DAY_MS } from '@hookpulse/common/values/durations';
import { TOPIC_SPECS } from '../topics.ts';
import { messagesTable } from './database.ts';
import { numberColumn, textColumn } from './rows.ts';
import type { WriterSettings } from './writer-protocol.ts';

/** Rows deleted in one transaction: about a millisecond of work. */
const STEP_ROWS = 500;

export interface Maintenance {
  stop(): void;
}

/** Runs at once and then at every interval. @param onFailure - told why a round was given up. */
export function startMaintenance(
  database: DatabaseSync,
  settings: WriterSettings,
  clock: Clock,
  onFailure: (reason: string) => void,
): Maintenance {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async (): Promise<void> => {
    try {
      for (const step of cleanupSteps(database, settings)) {
        while (!stopped && step(clock.now()) === STEP_ROWS) await setImmediate();
        await setImmediate();
        if (stopped) return;
      }
    } catch (error) {
      onFailure(String(error));
    }
    if (!stopped) timer = setTimeout(() => void round(), settings.maintenanceIntervalMs);
  };
  void round();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Deletes at most `STEP_ROWS` rows, and answers how many it did. */
type CleanupStep = (nowMs: number) => number;

function* cleanupSteps(database: DatabaseSync, settings: WriterSettings): Generator<CleanupStep> {
  const partitions = database
    .prepare('SELECT id, topic, compacted FROM partitions ORDER BY id')
    .all();
  for (const row of partitions) {
    const id = numberColumn(row, 'id');
    const isCompacted = numberColumn(row, 'compacted') === 1;
    if (isCompacted) yield tombstoneStep(database, id, settings.tombstoneRetentionMs);
    const retentionMs = ownRetentionMs(textColumn(row, 'topic'));
    if (retentionMs !== null) yield retentionStep(database, id, retentionMs);
    else if (!isCompacted) yield retentionStep(database, id, settings.retentionMs);
  }
}

/** Null: the topic has none of its own. */
function ownRetentionMs(topic: string): number | null {
  const days = TOPIC_SPECS.find(({ name }) => name === topic)?.retentionDays;
  return days === undefined ? null : days * DAY_MS;
}

/** Log time grows with the offset, so the oldest rows are the first ones. */
function retentionStep(database: DatabaseSync, id: number, retentionMs: number): CleanupStep {
  const table = messagesTable(id);
  const findLast = database.prepare(
    `SELECT "offset", timestamp_ms FROM
       (SELECT "offset", timestamp_ms FROM ${table} ORDER BY "offset" LIMIT ${STEP_ROWS})
     WHERE timestamp_ms < ? ORDER BY "offset" DESC LIMIT 1`,
  );
  const moveBase = database.prepare(
    'UPDATE partitions SET base_offset = ?, base_timestamp_ms = ? WHERE id = ?',
  );
  const deleteUpTo = database.prepare(`DELETE FROM ${table} WHERE "offset" <= ?`);
  return (nowMs) => {
    const last = findLast.get(nowMs - retentionMs);
    if (!last) return 0;
    const offset = numberColumn(last, 'offset');
    database.exec('BEGIN IMMEDIATE');
    try {
      moveBase.run(offset + 1, numberColumn(last, 'timestamp_ms'), id);
      const { changes } = deleteUpTo.run(offset);
      database.exec('COMMIT');
      return Number(changes);
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
}

/** The newest message stays, whatever it is: readers know by it that they have caught up. */
function tombstoneStep(database: DatabaseSync, id: number, retentionMs: number): CleanupStep {
  const table = messagesTable(id);
  const statement = database.prepare(
    `DELETE FROM ${table} WHERE "offset" IN (
       SELECT "offset" FROM ${table}
       WHERE value IS NULL AND timestamp_ms < ? AND "offset" < (SELECT MAX("offset") FROM ${table})
       LIMIT ${STEP_ROWS})`,
  );
  return (nowMs) => Number(statement.run(nowMs - retentionMs).changes);
}
