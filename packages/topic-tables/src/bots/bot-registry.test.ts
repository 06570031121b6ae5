import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bot } from '@hookpulse/common/bots/bot';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { until } from '@hookpulse/common/testing/until';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import { type EventLog, LogUnavailableError } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import { BOTS_TOPIC, TOPIC_SPECS } from '@hookpulse/event-log/topics';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { type BotRegistry, type BotRegistryOptions, openBotRegistry } from './bot-registry.ts';

const silent = silentLogger;
let directory: string;
let log: EventLog;
const opened: BotRegistry[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hookpulse-registry-'));
  log = await openSqliteEventLog({ directory, retentionDays: 7 }, silent);
  await log.ensureTopics(TOPIC_SPECS);
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((registry) => registry.close()));
  await log.close();
  await rm(directory, { recursive: true });
});

async function open(logger = silent, options: BotRegistryOptions = {}): Promise<BotRegistry> {
  const registry = await openBotRegistry(log, logger, options);
  opened.push(registry);
  return registry;
}

function bot(botId: string, name = botId): Bot {
  return testBot(botId, { name });
}

describe('the registry', () => {
  test('shows a bot as soon as putting it has resolved', async () => {
    const registry = await open();
    expect(registry.get('a')).toBeUndefined();
    await registry.put(bot('a', 'first'));
    expect(registry.get('a')).toEqual(bot('a', 'first'));
    await registry.put(bot('a', 'second'));
    expect(registry.get('a')?.name).toBe('second');
    await registry.remove('a');
    expect(registry.get('a')).toBeUndefined();
    expect(registry.list()).toEqual([]);
  });

  test('lists in order of bot_id by code unit, and again after a change', async () => {
    const registry = await open();
    await Promise.all(['b', 'a', '_', 'B', '10', '9'].map((id) => registry.put(bot(id))));
    const ids = () => registry.list().map((each) => each.bot_id);
    expect(ids()).toEqual(['10', '9', 'B', '_', 'a', 'b']);
    await registry.remove('B');
    expect(ids()).toEqual(['10', '9', '_', 'a', 'b']);
  });

  test('finds a bot by its report tokens, the one before included, as long as it has them', async () => {
    const registry = await open();
    const owner = (token: string) => registry.ownerOfReportToken(sha256Hex(token))?.bot_id;
    const previous_report_token = { sha256: sha256Hex('b-1'), valid_until: '2026-02-10T21:00:00Z' };
    await registry.put({ ...bot('a'), report_token_sha256: sha256Hex('a-1') });
    await registry.put({ ...bot('b'), report_token_sha256: sha256Hex('b-1') });
    expect(['a-1', 'b-1', 'b-2', ''].map(owner)).toEqual(['a', 'b', undefined, undefined]);
    await registry.put({
      ...bot('b'),
      report_token_sha256: sha256Hex('b-2'),
      previous_report_token,
    });
    expect(['a-1', 'b-1', 'b-2'].map(owner)).toEqual(['a', 'b', 'b']);
    await registry.put({ ...bot('b'), report_token_sha256: sha256Hex('b-3') });
    await registry.remove('a');
    expect(['a-1', 'b-1', 'b-2', 'b-3'].map(owner)).toEqual([undefined, undefined, undefined, 'b']);
  });

  test('is the same in every process, and after a restart', async () => {
    const first = await open();
    const second = await open();
    await first.put(bot('a'));
    await first.put(bot('b'));
    await second.remove('a');
    await until(
      'both changes',
      () => first.get('a') === undefined && second.get('b') !== undefined,
    );

    const later = await open();
    expect(later.list()).toEqual([bot('b')]);
    expect(first.list()).toEqual(later.list());
  });

  test('skips and logs what is not a bot, and goes on', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
    const stranger = (key: string, value: string | Uint8Array) => ({
      topic: BOTS_TOPIC,
      key,
      value,
    });
    await log.publish([
      stranger('a', 'not json'),
      stranger('b', '{"bot_id":"b"}'),
      stranger('c', JSON.stringify(bot('d'))),
      stranger('e', new Uint8Array([0xff, 0xfe])),
      stranger('f', JSON.stringify(bot('f'))),
    ]);
    const registry = await open(logger);
    expect(registry.list()).toEqual([bot('f')]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { key: 'a', offset: '0', reason: 'its value is not JSON' },
      { key: 'b', offset: '1', reason: 'its value is not a bot' },
      { key: 'c', offset: '2', reason: 'its key is not the bot_id of its value' },
      { key: 'e', offset: '3', reason: 'its value is not JSON' },
    ]);
  });

  test('keeps fields that a later version adds', async () => {
    const registry = await open();
    const later = { ...bot('a'), colour: 'blue' };
    await log.publish([{ topic: BOTS_TOPIC, key: 'a', value: JSON.stringify(later) }]);
    await until('the bot', () => registry.get('a') !== undefined);
    expect(registry.get('a')).toEqual(later);
  });
});

describe('a change that cannot be completed', () => {
  test('rejects when the log does', async () => {
    const registry = await open();
    await log.close();
    await expect(registry.put(bot('a'))).rejects.toThrow(LogUnavailableError);
  });

  test('rejects when it does not come back in time', async () => {
    const deaf = await openBotRegistry(
      {
        publish: (messages) => log.publish(messages),
        follow: async () => ({ caughtUp: Promise.resolve(), close: async () => {} }),
      },
      silent,
      { visibilityTimeoutMs: 20 },
    );
    await expect(deaf.put(bot('a'))).rejects.toThrow(/was not read back/);
  });

  test('rejects when the registry is closed meanwhile', async () => {
    let published = (): void => {};
    const publishing = new Promise<void>((resolve) => {
      published = resolve;
    });
    const deaf = await openBotRegistry(
      {
        publish: async () => published(),
        follow: async () => ({ caughtUp: Promise.resolve(), close: async () => {} }),
      },
      silent,
    );
    const change = expect(deaf.remove('a')).rejects.toThrow(LogUnavailableError);
    await publishing;
    await deaf.close();
    await change;
  });
});
