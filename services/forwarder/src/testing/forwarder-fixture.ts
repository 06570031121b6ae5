/** A forwarder for a test file, on an embedded log of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Forward } from '@hookpulse/common/bots/forwarding';
import type { WebhookEvent } from '@hookpulse/common/events/webhook-event';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { createSecretBox, type SecretBox } from '@hookpulse/common/values/sealed-secret';
import { randomSecret } from '@hookpulse/common/values/secrets';
import type { EventLog, LogMessage } from '@hookpulse/event-log/event-log';
import { openSqliteEventLog } from '@hookpulse/event-log/sqlite/sqlite-event-log';
import {
  EVENTS_TOPIC,
  schemaHeader,
  TOPIC_SPECS,
  UPDATES_TOPIC,
} from '@hookpulse/event-log/topics';
import { type BotRegistry, openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { type ForwarderDeps, type RunningForwarder, runForwarder } from '../run.ts';

export interface ForwarderFixture {
  readonly log: EventLog;
  readonly registry: BotRegistry;
  readonly secretBox: SecretBox;
  /** Registers a bot that is forwarded, or changes how. */
  forward(botId: string, forward: Forward): Promise<void>;
  /** Puts updates on the log, as ingest does. */
  publish(botId: string, updates: readonly object[]): Promise<void>;
  run(deps?: Partial<ForwarderDeps>): Promise<RunningForwarder>;
  /** Everything on the topic. */
  read(topic: string): Promise<readonly LogMessage[]>;
  events(): Promise<readonly WebhookEvent[]>;
  close(): Promise<void>;
}

/** @param log - default: an embedded one, closed with the fixture */
export async function openForwarderFixture(
  given: EventLog | null = null,
): Promise<ForwarderFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'hookpulse-forwarder-'));
  const logger = silentLogger;
  const log = given ?? (await openSqliteEventLog({ directory, retentionDays: 7 }, logger));
  await log.ensureTopics(TOPIC_SPECS);
  const registry = await openBotRegistry(log, logger);
  const secretBox = createSecretBox(randomSecret());
  const running = new Set<RunningForwarder>();
  const read = async (topic: string) => {
    const messages: LogMessage[] = [];
    const follower = await log.follow({ topic, onMessage: (message) => messages.push(message) });
    await follower.caughtUp;
    await follower.close();
    return messages;
  };
  return {
    log,
    registry,
    secretBox,
    read,
    forward: (botId, forward) => registry.put(testBot(botId, { forward })),
    publish: (botId, updates) => log.publish(updates.map((update) => updateMessage(botId, update))),
    async run(deps = {}) {
      const one = await runForwarder({
        log,
        registry,
        secretBox,
        logger,
        clock: { now: Date.now },
        timeoutMs: 5_000,
        allowedHosts: [],
        telegramApiUrl: 'http://127.0.0.1:1',
        random: () => 1,
        ...deps,
      });
      running.add(one);
      return one;
    },
    async events() {
      const messages = await read(EVENTS_TOPIC);
      return messages.map(({ value }) => JSON.parse(Buffer.from(value ?? []).toString()));
    },
    async close() {
      await Promise.all([...running].map((one) => one.close()));
      await registry.close();
      if (!given) await log.close();
      await rm(directory, { recursive: true });
    },
  };
}

export function messageOf(updateId: number, chatId = 1, fields: object = {}): object {
  return { update_id: updateId, message: { message_id: 1, chat: { id: chatId }, ...fields } };
}

function updateMessage(botId: string, update: object) {
  const received = new Date().toISOString();
  return {
    topic: UPDATES_TOPIC,
    key: botId,
    value: `{"bot_id":"${botId}","received_at":"${received}","update":${JSON.stringify(update)}}`,
    headers: schemaHeader(UPDATES_TOPIC),
  };
}
