/**
 * The bots of a load. They are named so that everybody sees what they are, made when they are missing and
 * used again otherwise. Their secrets are made anew for each run and are in its memory only; those of a
 * run before stay valid for the grace time, so two runs do not hinder each other.
 */

import type { LoadBot } from '@hookpulse/traffic/load-plan';
import Type from 'typebox';
import type { QueryApi } from '../api/query-api.ts';
import { CommandError } from '../command-error.ts';

interface ListedBot {
  readonly bot_id: string;
  readonly name: string;
  readonly enabled: boolean;
}

const BotsSchema = Type.Object({
  bots: Type.Array(
    Type.Object({ bot_id: Type.String(), name: Type.String(), enabled: Type.Boolean() }),
  ),
});
const Secret = Type.Object({ webhook_secret: Type.String() });
const Token = Type.Object({ report_token: Type.String() });
const CreatedSchema = Type.Intersect([Secret, Token]);

const BOT_ID = /^load-\d{4,}$/;
/** Requests to the query API at once; it changes one bot after the other anyway. */
const AT_ONCE = 8;

/** Those there are, whichever run made them, in order of their ids. @throws CommandError */
export async function listLoadBots(api: QueryApi): Promise<string[]> {
  const { bots } = await api.get('/api/bots', BotsSchema);
  return bots.filter(isOfLoad).map(({ bot_id }) => bot_id);
}

/**
 * Makes so many bots ready.
 * @param onReady - told of each
 * @throws CommandError when a bot of somebody else's has such an id, or one is disabled
 */
export async function prepareLoadBots(
  api: QueryApi,
  count: number,
  onReady: () => void,
): Promise<LoadBot[]> {
  const { bots } = await api.get('/api/bots', BotsSchema);
  const known = new Map(bots.map((bot) => [bot.bot_id, bot]));
  const numbers = Array.from({ length: count }, (_, n) => n + 1);
  for (const n of numbers) assertUsable(known.get(botIdOf(n)));
  return mapAtOnce(numbers, async (n) => {
    const bot = known.has(botIdOf(n)) ? await renewed(api, botIdOf(n)) : await created(api, n);
    onReady();
    return bot;
  });
}

/** Their history stays. @throws CommandError */
export async function removeLoadBots(
  api: QueryApi,
  botIds: readonly string[],
  onRemoved: () => void,
): Promise<void> {
  await mapAtOnce(botIds, async (botId) => {
    await api.delete(`/api/bots/${botId}`);
    onRemoved();
  });
}

function assertUsable(bot: ListedBot | undefined): void {
  if (!bot) return;
  if (!isOfLoad(bot)) {
    throw new CommandError(`${bot.bot_id} is "${bot.name}" and not a bot of the load command.`);
  }
  if (!bot.enabled) throw new CommandError(`${bot.bot_id} is disabled: enable or remove it.`);
}

async function created(api: QueryApi, n: number): Promise<LoadBot> {
  const bot = { bot_id: botIdOf(n), name: nameOf(botIdOf(n)) };
  const { webhook_secret, report_token } = await api.post('/api/bots', bot, CreatedSchema);
  return { botId: bot.bot_id, webhookSecret: webhook_secret, reportToken: report_token };
}

async function renewed(api: QueryApi, botId: string): Promise<LoadBot> {
  const { webhook_secret } = await api.post(`/api/bots/${botId}/rotate-secret`, {}, Secret);
  const { report_token } = await api.post(`/api/bots/${botId}/rotate-report-token`, {}, Token);
  return { botId, webhookSecret: webhook_secret, reportToken: report_token };
}

function isOfLoad({ bot_id, name }: ListedBot): boolean {
  return BOT_ID.test(bot_id) && name === nameOf(bot_id);
}

function botIdOf(n: number): string {
  return `load-${String(n).padStart(4, '0')}`;
}

function nameOf(botId: string): string {
  return botId.replace('load-', 'Load ');
}

/** In the order of the items. */
async function mapAtOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [at, item] of rest) results[at] = await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}
