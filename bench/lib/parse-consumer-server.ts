/**
 * Child process of the benchmark of consumers: plain kafkajs that parses the JSON of `webhook.events` and
 * does nothing else. It tells how many events it has parsed whenever its parent asks.
 *
 *   node parse-consumer-server.ts <broker address>
 */
import { EVENTS_TOPIC } from '@hookpulse/event-log/topics';
import { Kafka, logLevel } from 'kafkajs';

const [broker = ''] = process.argv.slice(2);
const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: 'bench-parse' });
let parsed = 0;
/** Looked at, so that parsing is not optimised away. */
let botIdCharacters = 0;

process.on('message', () => process.send?.(parsed));
// Nothing is left running when the parent is gone.
process.once('disconnect', () => process.exit());

await consumer.connect();
await consumer.subscribe({ topics: [EVENTS_TOPIC], fromBeginning: true });
await consumer.run({
  eachBatch: async ({ batch }) => {
    for (const { value } of batch.messages) {
      if (value === null) continue;
      botIdCharacters += JSON.parse(value.toString()).bot_id.length;
      parsed += 1;
    }
    if (botIdCharacters === 0) throw new Error('no event had a bot');
  },
});
