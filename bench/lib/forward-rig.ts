/**
 * What forwards in the benchmark of forwarding: the product as `npm start` runs it, or a broker with one
 * ingest and one forwarder as processes of their own, and nothing else.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Forward } from '@hookpulse/common/bots/forwarding';
import { testBot } from '@hookpulse/common/testing/bots';
import { silentLogger } from '@hookpulse/common/testing/silent-logger';
import { sha256Hex } from '@hookpulse/common/values/secrets';
import type { EventLog } from '@hookpulse/event-log/event-log';
import { openBotRegistry } from '@hookpulse/topic-tables/bots/bot-registry';
import { HookpulseClient } from '../../test/support/hookpulse-client.ts';
import { startHookpulse } from '../../test/support/hookpulse-process.ts';
import { ServiceProcess } from '../../test/support/service-process.ts';
import { startBenchLog } from './bench-log.ts';
import type { BenchBot } from './forward-bots.ts';

export const ENGINES = ['embedded', 'kafka'] as const;
export type Engine = (typeof ENGINES)[number];

export interface ForwardRig {
  readonly ingestUrl: string;
  /** Registers the bot, or changes how it is forwarded. */
  forward(bot: BenchBot, forward: Forward): Promise<void>;
  close(): Promise<void>;
}

/** With the log at hand, and no ingest. */
export interface ForwarderRig {
  readonly log: EventLog;
  readonly pid: number;
  forward(bot: BenchBot, forward: Forward): Promise<void>;
  close(): Promise<void>;
}

const ADMIN_TOKEN = 'the-admin-token-of-this-benchmark';

export function startForwardRig(engine: Engine): Promise<ForwardRig> {
  return engine === 'embedded' ? startEmbedded() : startOnKafka();
}

/** A broker and a forwarder as it runs in production. @param env - for the forwarder, beside what it needs */
export async function startForwarderRig(
  env: Readonly<Record<string, string>> = {},
): Promise<ForwarderRig> {
  const { log, forward, service, close } = await openKafkaRig();
  try {
    const forwarder = await service('forwarder', env);
    return { log, pid: forwarder.pid ?? 0, forward, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startEmbedded(): Promise<ForwardRig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookpulse-forwarding-'));
  const hookpulse = await startHookpulse(dataDir, { LOG_LEVEL: 'warn', ADMIN_TOKEN });
  const client = new HookpulseClient(hookpulse.urls, ADMIN_TOKEN);
  const known = new Set<string>();
  return {
    ingestUrl: hookpulse.urls.ingest,
    async forward({ botId, secret }, forward) {
      if (!known.has(botId)) await client.registerBot(botId, { webhook_secret: secret });
      known.add(botId);
      await client.changeBot(botId, { forward });
    },
    async close() {
      await hookpulse.stop('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startOnKafka(): Promise<ForwardRig> {
  const { forward, service, close } = await openKafkaRig();
  try {
    const ingest = await service('ingest');
    await service('forwarder');
    return { ingestUrl: ingest.url, forward, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openKafkaRig() {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).toReversed()) await closer();
  };
  try {
    const { broker, log, close: closeLog } = await startBenchLog();
    closers.push(closeLog);
    const registry = await openBotRegistry(log, silentLogger);
    closers.push(() => registry.close());
    return {
      log,
      close,
      async forward({ botId, secret }: BenchBot, forward: Forward) {
        const webhook_secret_sha256 = sha256Hex(secret);
        await registry.put(testBot(botId, { forward, webhook_secret_sha256 }));
      },
      /** Resolves when it is ready. */
      async service(name: 'ingest' | 'forwarder', env: Readonly<Record<string, string>> = {}) {
        const one = await ServiceProcess.create(name, {
          KAFKA_BROKERS: broker.address,
          LOG_LEVEL: 'warn',
          ADMIN_TOKEN,
          ...env,
        });
        closers.push(() => one.stop('SIGTERM'));
        one.start();
        await one.ready();
        return one;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
