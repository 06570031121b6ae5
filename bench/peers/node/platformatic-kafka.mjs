/** Fastify and @platformatic/kafka: one send a request. */
import { ProduceAcks, Producer, stringSerializers } from '@platformatic/kafka';
import { serve } from './app.mjs';

const { KAFKA_BROKER = '', TOPIC = '' } = process.env;

const producer = new Producer({
  clientId: 'bench',
  bootstrapBrokers: [KAFKA_BROKER],
  serializers: stringSerializers,
});
await serve((botId, update) =>
  producer.send({
    acks: ProduceAcks.ALL,
    messages: [{ topic: TOPIC, key: botId, value: JSON.stringify(update) }],
  }),
);
