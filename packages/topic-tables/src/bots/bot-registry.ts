/**
 * The bot registry: every service holds all bots in memory, by the compacted topic `webhook.bots`, so
 * that no request waits for a look-up.
 */
import type { Bot } from '@hookpulse/common/bots/bot';
import type { Logger } from '@hookpulse/common/runtime/logger';
import { BOTS_TOPIC } from '@hookpulse/event-log/topics';
import { openTopicTable, type TopicTableDefinition, type TopicTableDeps } from '../topic-table.ts';
import { botToMessage, deletedBotMessage, parseBotMessage } from './bot-message.ts';

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

export type BotRegistryOptions = Pick<TopicTableDeps, 'visibilityTimeoutMs'>;

const BOTS: TopicTableDefinition<Bot, Bot | null> = {
  topic: BOTS_TOPIC,
  what: 'bots',
  parse: parseBotMessage,
  evolve: (_, bot) => bot ?? undefined,
};

/**
 * Opens the registry. Resolves once it holds everything that was on the log at that moment.
 * @throws LogUnavailableError, or UnknownTopicError when `webhook.bots` was not created before.
 */
export async function openBotRegistry(
  log: TopicTableDeps['log'],
  logger: Logger,
  options: BotRegistryOptions = {},
): Promise<BotRegistry> {
  const table = await openTopicTable(BOTS, { log, logger, ...options });
  /** Made when it is first asked for: only ingest does, and of a million bots it takes a second. */
  let owners: Map<string, string> | null = null;
  /** Sorted once after a change, not at every health request. */
  let sorted: readonly Bot[] | null = null;
  table.onChange(({ before, row }) => {
    sorted = null;
    if (owners) replaceTokens(owners, before, row);
  });
  return {
    get: (botId) => table.get(botId),
    ownerOfReportToken(sha256) {
      owners ??= ownersOfReportTokens(table.rows());
      const botId = owners.get(sha256);
      return botId === undefined ? undefined : table.get(botId);
    },
    list() {
      sorted ??= table.rows().sort(byBotId);
      return sorted;
    },
    put: (bot) => table.write([botToMessage(bot)]),
    remove: (botId) => table.write([deletedBotMessage(botId)]),
    close: () => table.close(),
  };
}

/** Ids of bots by the digests of their report tokens. */
function ownersOfReportTokens(bots: readonly Bot[]): Map<string, string> {
  const owners = new Map<string, string>();
  for (const bot of bots) replaceTokens(owners, undefined, bot);
  return owners;
}

function replaceTokens(
  owners: Map<string, string>,
  before: Bot | undefined,
  bot: Bot | undefined,
): void {
  for (const [sha256, botId] of reportTokensOf(before)) {
    // Another bot may have it since.
    if (owners.get(sha256) === botId) owners.delete(sha256);
  }
  for (const [sha256, botId] of reportTokensOf(bot)) owners.set(sha256, botId);
}

/** The digests of a bot's report tokens, each with its id. */
function reportTokensOf(bot: Bot | undefined): (readonly [sha256: string, botId: string])[] {
  if (!bot) return [];
  const { bot_id, report_token_sha256, previous_report_token: previous } = bot;
  const current = [report_token_sha256, bot_id] as const;
  return previous ? [current, [previous.sha256, bot_id]] : [current];
}

/** By code units, as ClickHouse orders strings, whatever the locale. */
function byBotId(a: Bot, b: Bot): number {
  if (a.bot_id === b.bot_id) return 0;
  return a.bot_id < b.bot_id ? -1 : 1;
}
