import { expect, test } from '@jest/globals';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { repairKafkajs } from './kafkajs-repairs.ts';

const INTERVAL_MS = 3_000;
const HOUR_MS = 3_600_000;

function memberOfGroup(): { readonly group: ConsumerGroup; beats(): number } {
  let beats = 0;
  const group = new ConsumerGroup({
    logger: { namespace: () => undefined },
    instrumentationEmitter: { emit: () => undefined },
  });
  group.memberId = 'member';
  group.coordinator = {
    async heartbeat() {
      beats += 1;
    },
  };
  return { group, beats: () => beats };
}

test('a member goes on with its heartbeats when the clock is set back', async () => {
  repairKafkajs();
  const { group, beats } = memberOfGroup();
  group.lastRequest = Date.now() + HOUR_MS;
  await group.heartbeat({ interval: INTERVAL_MS });
  expect(beats()).toBe(1);
});

test('and sends no more of them than it should', async () => {
  repairKafkajs();
  const { group, beats } = memberOfGroup();
  group.lastRequest = Date.now();
  await group.heartbeat({ interval: INTERVAL_MS });
  await group.heartbeat({ interval: INTERVAL_MS });
  expect(beats()).toBe(0);
});
