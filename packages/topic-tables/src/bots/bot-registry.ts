/**
 * The bot registry: every service holds all bots in memory, as a fold over the compacted topic
 * `webhook.bots`, so that no request waits for a look-up.
 */
import { randomUUID } from 'node:crypto';
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Logger } from '@hookpulse/common/runtime/logger';
import type { EventLog, Follower, LogMessage } from '@hookpulse/event-log/event-log';
import { BOTS_TOPIC } from '@hookpulse/event-log/topics';
import { AwaitedChanges } from '../awaited-changes.ts';
import { type BotChange, botChangeToMessage, changeIdOf, readBotChange } from './bot-change.ts';

export interface BotRegistry {
  get(botId: string): Bot | undefined;
  /**
   * The bot whose report token, of now or before it was replaced, has this SHA-256 (hexadecimal).
   * Looking up a digest tells nothing of the token by the time it takes.
   */
  ownerOfReportToken(sha256: string): Bot | undefined;
  /** All bots, enabled or not, in order of `bot_id`. */
  list(): readonly Bot[];
  /**
   * Stores a bot. Resolves when it is durable on the log and visible in this process.
   * @throws LogUnavailableError when that did not happen in time; it may have been stored all the same.
   */
  put(bot: Bot): Promise<void>;
  /**
   * Removes a bot. Resolves when that is durable on the log and visible in this process.
   * @throws LogUnavailableError as `put` does.
   */
  remove(botId: string): Promise<void>;
  close(): Promise<void>;
}

/** What the registry needs of the log. */
export type RegistryLog = Pick<EventLog, 'publish' | 'follow'>;

export interface BotRegistryOptions {
  /** Longest wait for a published change to come back, milliseconds. */
  readonly visibilityTimeoutMs?: number;
}

/** A change takes milliseconds to come back; longer than this and the caller had better try again. */
const DEFAULT_VISIBILITY_TIMEOUT_MS = 5_000;

/**
 * Opens the registry. Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when `webhook.bots` was not created before.
 */
export async function openBotRegistry(
  log: RegistryLog,
  logger: Logger,
  options: BotRegistryOptions = {},
): Promise<BotRegistry> {
  const registry = new FollowedBotRegistry(log, logger, options);
  await registry.open();
  return registry;
}

class FollowedBotRegistry implements BotRegistry {
  readonly #log: RegistryLog;
  readonly #logger: Logger;
  readonly #awaited: AwaitedChanges;
  readonly #bots = new Map<string, Bot>();
  /** Ids of bots by the digests of their report tokens. */
  readonly #reportTokenOwners = new Map<string, string>();
  /** Sorted once after a change, not at every health request. */
  #sorted: readonly Bot[] | null = null;
  #follower: Follower | null = null;

  constructor(log: RegistryLog, logger: Logger, options: BotRegistryOptions) {
    this.#log = log;
    this.#logger = logger;
    this.#awaited = new AwaitedChanges(
      options.visibilityTimeoutMs ?? DEFAULT_VISIBILITY_TIMEOUT_MS,
    );
  }

  async open(): Promise<void> {
    this.#follower = await this.#log.follow({
      topic: BOTS_TOPIC,
      onMessage: (message) => this.#onMessage(message),
    });
    await this.#follower.caughtUp;
  }

  get(botId: string): Bot | undefined {
    return this.#bots.get(botId);
  }

  ownerOfReportToken(sha256: string): Bot | undefined {
    const botId = this.#reportTokenOwners.get(sha256);
    return botId === undefined ? undefined : this.#bots.get(botId);
  }

  list(): readonly Bot[] {
    this.#sorted ??= [...this.#bots.values()].sort(byBotId);
    return this.#sorted;
  }

  put(bot: Bot): Promise<void> {
    return this.#publish({ kind: 'put', bot });
  }

  remove(botId: string): Promise<void> {
    return this.#publish({ kind: 'remove', botId });
  }

  async close(): Promise<void> {
    this.#awaited.close();
    await this.#follower?.close();
  }

  #publish(change: BotChange): Promise<void> {
    const changeId = randomUUID();
    const message = botChangeToMessage(change, changeId);
    return this.#awaited.during(changeId, () => this.#log.publish([message]));
  }

  #onMessage(message: LogMessage): void {
    this.#apply(message);
    const changeId = changeIdOf(message);
    if (changeId !== undefined) this.#awaited.seen(changeId);
  }

  #apply(message: LogMessage): void {
    const change = readBotChange(message);
    switch (change.kind) {
      case 'put':
        this.#drop(change.bot.bot_id);
        this.#bots.set(change.bot.bot_id, change.bot);
        for (const sha256 of reportTokensOf(change.bot)) {
          this.#reportTokenOwners.set(sha256, change.bot.bot_id);
        }
        return;
      case 'remove':
        this.#drop(change.botId);
        return;
      case 'unreadable': {
        const { topic, partition, offset, key } = message;
        const place = { topic, partition, offset: String(offset), key };
        this.#logger.warn({ ...place, reason: change.reason }, 'bot record skipped');
        return;
      }
      default:
        change satisfies never;
    }
  }

  #drop(botId: string): void {
    this.#sorted = null;
    const bot = this.#bots.get(botId);
    if (!bot) return;
    this.#bots.delete(botId);
    for (const sha256 of reportTokensOf(bot)) {
      if (this.#reportTokenOwners.get(sha256) === botId) this.#reportTokenOwners.delete(sha256);
    }
  }
}

function reportTokensOf({ report_token_sha256, previous_report_token }: Bot): readonly string[] {
  return previous_report_token
    ? [report_token_sha256, previous_report_token.sha256]
    : [report_token_sha256];
}

/** By code units, as ClickHouse orders strings, whatever the locale. */
function byBotId(a: Bot, b: Bot): number {
  if (a.bot_id === b.bot_id) return 0;
  return a.bot_id < b.bot_id ? -1 : 1;
}
