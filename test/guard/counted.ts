/** Engines that count what they are asked for. */
import { Socket } from 'node:net';
import { type DatabaseSync, StatementSync } from 'node:sqlite';
import type { OutgoingMessage } from '@hookpulse/event-log/event-log';
import type { ClickHouseClient } from '@hookpulse/store/open-client';
import type { Publisher } from './worsened.ts';

/** A log in memory, which acknowledges in the next turn. */
export class CountedLog implements Publisher {
  publishes = 0;
  readonly messages: OutgoingMessage[] = [];

  async publish(messages: readonly OutgoingMessage[]): Promise<void> {
    this.publishes += 1;
    this.messages.push(...messages);
    await new Promise(setImmediate);
  }
}

export interface CountedClickHouse {
  readonly client: ClickHouseClient;
  readonly counts: { queries: number; inserts: number };
}

export function countClickHouse(client: ClickHouseClient): CountedClickHouse {
  const counts = { queries: 0, inserts: 0 };
  const counted = new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name === 'query') counts.queries += 1;
        if (name === 'insert') counts.inserts += 1;
        return member.apply(target, args);
      };
    },
  });
  return { client: counted, counts };
}

/** A database that counts the statements that run, those of transactions included. */
export function countStatements(database: DatabaseSync): {
  readonly database: DatabaseSync;
  readonly counts: { statements: number };
} {
  const counts = { statements: 0 };
  const counting = <Target extends object>(target: Target, names: readonly string[]): Target =>
    new Proxy(target, {
      get(_, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (names.includes(String(name))) counts.statements += 1;
          const result: unknown = member.apply(target, args);
          return result instanceof StatementSync ? counting(result, RUNS) : result;
        };
      },
    });
  return { database: counting(database, ['exec']), counts };
}

const RUNS = ['run', 'get', 'all', 'iterate'];

export interface KafkaTraffic {
  requests: number;
  bytes: number;
}

/** Kafka's number of the request that appends (https://kafka.apache.org/protocol#protocol_api_keys). */
const PRODUCE = 0;

/**
 * Counts the requests that append, of every connection of this process that is open or comes.
 * @returns what has been counted so far, and what ends the counting
 */
export function countKafkaTraffic(): { readonly traffic: KafkaTraffic; stop(): void } {
  const traffic: KafkaTraffic = { requests: 0, bytes: 0 };
  const { write } = Socket.prototype;
  Socket.prototype.write = function (this: Socket, data: unknown, ...rest: unknown[]) {
    // A request is one write: its size, then which request it is.
    if (Buffer.isBuffer(data) && data.length > 6 && data.readInt32BE(0) === data.length - 4) {
      if (data.readInt16BE(4) === PRODUCE) {
        traffic.requests += 1;
        traffic.bytes += data.length;
      }
    }
    return Reflect.apply(write, this, [data, ...rest]);
  };
  return {
    traffic,
    stop: () => {
      Socket.prototype.write = write;
    },
  };
}
