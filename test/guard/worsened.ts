/**
 * Deliberate regressions: the same counters run on them, and have to find them over the bounds. Each is
 * a mistake that a change could make without a test of behaviour failing.
 */
import { appendFileSync } from 'node:fs';
import { devNull } from 'node:os';
import type { EventLog } from '@hookpulse/event-log/event-log';
import type { ClickHouseClient } from '@hookpulse/store/open-client';

export type Publisher = Pick<EventLog, 'publish'>;

/** Every value is parsed once more and written with spaces. */
export function parsingAgain(log: Publisher): Publisher {
  return {
    publish: (messages) =>
      log.publish(
        messages.map((message) => {
          const value: unknown = JSON.parse(Buffer.from(message.value ?? '').toString());
          return { ...message, value: JSON.stringify(value, null, 1) };
        }),
      ),
  };
}

/** Every message is a publish of its own. */
export function oneByOne(log: Publisher): Publisher {
  return {
    publish: async (messages) => {
      for (const message of messages) await log.publish([message]);
    },
  };
}

/** Every message is also noted in a file. */
export function writingToFile(log: Publisher): Publisher {
  return {
    publish: (messages) => {
      for (const { key } of messages) appendFileSync(devNull, `${key}\n`);
      return log.publish(messages);
    },
  };
}

/** The store is asked whether it is there before every query. */
export function askingFirst(client: ClickHouseClient): ClickHouseClient {
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      if (name !== 'query') return member.bind(target);
      return async (...args: unknown[]) => {
        await target.query({ query: 'SELECT 1' });
        return member.apply(target, args);
      };
    },
  });
}
