/**
 * A process that publishes without end and writes each value to its standard output once the log
 * has acknowledged it, for the test that kills it:
 * `node publish-until-killed.ts <folder> <topic> <prefix of the values>`.
 */
import { pino } from 'pino';
import { openSqliteEventLog } from '../sqlite-event-log.ts';

/** Its standard output is for values alone: a line of the logger would count as one. */
const STDERR = 2;
const PUBLISHERS = 20;
/** So large that a kill falls into the middle of a transaction as often as between two. */
const PADDING = ' '.repeat(2_000);

const [directory = '', topic = '', prefix = ''] = process.argv.slice(2);
const logger = pino({ level: 'warn' }, pino.destination(STDERR));
const log = await openSqliteEventLog({ directory, retentionDays: 7 }, logger);
await log.ensureTopics([{ name: topic, partitions: 4, compacted: false }]);

let next = 0;
async function publishWithoutEnd(): Promise<never> {
  for (;;) {
    const value = `${prefix}${next}`;
    const key = `bot-${next % 10}`;
    next += 1;
    await log.publish([{ topic, key, value: value + PADDING }]);
    // Queues the line if the reader is behind; `writeSync` fails then, as Node's pipe does not block.
    process.stdout.write(`${value}\n`);
  }
}
await Promise.all(Array.from({ length: PUBLISHERS }, publishWithoutEnd));
