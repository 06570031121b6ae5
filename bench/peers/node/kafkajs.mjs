/** Fastify and kafkajs: one send a request. */
import kafkajs from 'kafkajs';
import { serve } from './app.mjs';

const { KAFKA_BROKER = '', TOPIC = '' } = process.env;
const ALL_IN_SYNC_REPLICAS = -1;

const kafka = new kafkajs.Kafka({ brokers: [KAFKA_BROKER], logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
await producer.connect();
await serve((botId, update) =>
  producer.send({
    topic: TOPIC,
    acks: ALL_IN_SYNC_REPLICAS,
    messages: [{ key: botId, value: JSON.stringify(update) }],
  }),
);
