/**
 * The bot registry: every service holds all bots in memory, as a fold over the compacted topic
 * `webhook.bots`, so that no request waits for a look-up.
 */
import type { Bot } from '../domain/bot.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../runtime/logger.ts';

export interface BotRegistry {
  get(botId: string): Bot | undefined;
  /** All bots, enabled or not, in order of `bot_id`. */
  list(): readonly Bot[];
  /** Stores a bot. Resolves when it is durable on the log and visible in this process. */
  put(bot: Bot): Promise<void>;
  /** Removes a bot. Resolves when that is durable on the log and visible in this process. */
  remove(botId: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the registry. Resolves once it holds everything that was on the log at that moment. */
export function openBotRegistry(_log: EventLog, _logger: Logger): Promise<BotRegistry> {
  return Promise.reject(new Error('not written yet'));
}
