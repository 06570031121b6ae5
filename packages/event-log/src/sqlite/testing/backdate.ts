/** A past on the log: messages that were published just now, as if each had been when it says. */
import { DatabaseSync } from 'node:sqlite';
import { databasePath, messagesTable } from '../database.ts';

/**
 * Gives each message of a topic the log time that its JSON names as `timestamp`. Log time never goes
 * back, so messages are to be published in that order.
 * @param directory - of a log that no process has open
 */
export function backdateMessages(directory: string, topic: string): void {
  const database = new DatabaseSync(databasePath(directory));
  try {
    const partitions = database.prepare('SELECT id FROM partitions WHERE topic = ?').all(topic);
    for (const { id } of partitions) {
      const table = messagesTable(Number(id));
      database.exec(`
        UPDATE ${table} SET timestamp_ms = past.ms
        FROM (
          SELECT "offset" AS place, MAX(CAST(1000 * unixepoch(
            json_extract(CAST(value AS TEXT), '$.timestamp'), 'subsec') AS INTEGER)
          ) OVER (ORDER BY "offset") AS ms
          FROM ${table}
        ) AS past
        WHERE past.place = ${table}."offset"`);
    }
  } finally {
    database.close();
  }
}
