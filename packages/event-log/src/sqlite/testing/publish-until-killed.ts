/**
 * A process that publishes without end and writes each value to its standard output once the log
 * has acknowledged it, for the test that kills it:
 * `node publish-until-killed.ts <folder> <topic> <prefix of the values>`.
 */
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { openSqliteEventLog } from '../sqlite-event-log.ts';

const STDOUT = 1;
const PUBLISHERS = 20;
/** So large that a kill falls into the middle of a transaction as often as between two. */
const PADDING = ' '.repeat(2_000);

const [directory = '', topic = '', prefix = ''] = process.argv.slice(2);
const log = await openSqliteEventLog({ directory, retentionDays: 7 }, pino({ level: 'warn' }));
await log.ensureTopics([{ name: topic, partitions: 4, compacted: false }]);

let next = 0;
async function publishWithoutEnd(): Promise<never> {
  for (;;) {
    const value = `${prefix}${next}`;
    const key = `bot-${next % 10}`;
    next += 1;
    await log.publish([{ topic, key, value: value + PADDING }]);
    writeSync(STDOUT, `${value}\n`);
  }
}
await Promise.all(Array.from({ length: PUBLISHERS }, publishWithoutEnd));
