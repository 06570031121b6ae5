import { until } from '@hookpulse/common/testing/until';
import { afterEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
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

/** A queue with one request under way, as kafkajs has it. */
function queueWithRequest(requestTimeout: number) {
  repairKafkajs();
  let timeouts = 0;
  const request = { requestTimeout, sentAt: Date.now(), timeoutRequest: () => ++timeouts };
  const queue: RequestQueue = Object.assign(Object.create(RequestQueue.prototype), {
    inflight: new Map([[1, request]]),
    enforceRequestTimeout: true,
    isConnected: () => true,
  });
  queues.push(queue);
  queue.scheduleRequestTimeoutCheck();
  return { queue, timeouts: () => timeouts };
}

const queues: RequestQueue[] = [];
afterEach(() => {
  for (const queue of queues.splice(0)) queue.destroy();
  jest.restoreAllMocks();
});

/** From now on. */
function setClock(aheadMs: number): void {
  const { now } = Date;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
}

test('a request that is not answered times out although the clock was set back', async () => {
  const { timeouts } = queueWithRequest(50);
  setClock(-HOUR_MS);
  await until('the time-out', () => timeouts() > 0);
});

test('no request times out because the clock was set forward', async () => {
  const { queue, timeouts } = queueWithRequest(30_000);
  setClock(HOUR_MS);
  let checks = 0;
  queue.isConnected = () => ++checks > 0;
  await until('some checks', () => checks > 2);
  expect(timeouts()).toBe(0);
});

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

test('numbers are written as variable-length zigzag integers, also where the buffer must grow', () => {
  repairKafkajs();
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 200 }), (numbers) => {
      const encoder = new Encoder();
      for (const number of numbers) encoder.writeVarInt(number);
      expect(readVarInts(encoder.buffer)).toEqual(numbers);
    }),
  );
});

test('texts of every length fit', () => {
  repairKafkajs();
  for (let length = 0; length < 2_100; length += 1) {
    const text = 'x'.repeat(length);
    expect(new Encoder().writeString(text).buffer.toString('latin1', 2)).toBe(text);
  }
});

/** https://kafka.apache.org/protocol#protocol_types, VARINT. */
function readVarInts(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let raw = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    raw |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte > 0x7f) continue;
    numbers.push(Number((raw >> 1n) ^ -(raw & 1n)));
    raw = 0n;
    shift = 0n;
  }
  return numbers;
}
